/** Whether a text such as `2026-02-28` is a day that the calendar has; JavaScript takes February 30 for March 2. */
export function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
