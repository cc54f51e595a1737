/** The life of a certificate as a bar: how far it is, and from where on it is due, in percent of its length. */
export interface Life {
  today: number;
  due: number;
}

export function lifeOf(
  { notBefore, due, notAfter }: { notBefore: string; due?: string; notAfter: string },
  now: Date,
): Life {
  const [start, end] = [Date.parse(notBefore), Date.parse(notAfter)];
  const percent = (at: number) =>
    end <= start ? 100 : Math.round(Math.min(1, Math.max(0, (at - start) / (end - start))) * 100);
  return { today: percent(now.getTime()), due: percent(due === undefined ? end : Date.parse(due)) };
}
