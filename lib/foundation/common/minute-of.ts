/** An instant for people: `2026-11-20 02:00 UTC`. */
export const minuteOf = (instant: string) => `${instant.slice(0, 16).replace('T', ' ')} UTC`;
