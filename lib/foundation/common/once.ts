/** Asks each question once, whoever asks it again. */
export function once<Found>(ask: (about: string) => Promise<Found>): (about: string) => Promise<Found> {
  const asked = new Map<string, Promise<Found>>();
  return (about) => {
    const answer = asked.get(about) ?? ask(about);
    asked.set(about, answer);
    return answer;
  };
}
