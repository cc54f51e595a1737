import type { Ca } from './ca.ts';

/** Now and then what a CA sends is no certificate of use: cut off, a page for people, or another chain's. */
export function spoil(ca: Ca, fullchain: string): string {
  const { faults, random } = ca.parts;
  if (!faults.happens('ca.spoilt-certificate')) return fullchain;
  return random.pick([
    fullchain.slice(0, Math.floor(fullchain.length / 2)),
    '<html><body>502 Bad Gateway</body></html>',
    fullchain.slice(0, fullchain.indexOf('-----END CERTIFICATE-----') + 26),
    '',
  ]);
}
