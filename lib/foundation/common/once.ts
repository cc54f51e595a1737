/** Answers each question once; a repeated question gets the same answer, or the same promise. */
export function once<About, Answer>(ask: (about: About) => Answer): (about: About) => Answer {
  const answers = new Map<About, { answer: Answer }>();
  return (about) => {
    const known = answers.get(about) ?? { answer: ask(about) };
    answers.set(about, known);
    return known.answer;
  };
}
