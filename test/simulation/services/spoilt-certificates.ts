import type { Ca } from './ca.ts';
import type { IssuedCertificate } from './ca-records.ts';

/** Now and then what a CA sends is no certificate of use: cut off, a page for people, or an earlier one of the same names. */
export function spoil(ca: Ca, issued: IssuedCertificate | undefined): string {
  const { faults, random, scheduler } = ca.parts;
  const { fullchain = '' } = issued ?? {};
  if (!issued || !faults.happens('ca.spoilt-certificate')) return fullchain;
  issued.timesSpoilt += 1;
  issued.spoiltAt = scheduler.now;
  const earlier = earlierOf(ca, issued);
  const sent = random.pick([
    fullchain.slice(0, Math.floor(fullchain.length / 2)),
    '<html><body>502 Bad Gateway</body></html>',
    fullchain.slice(0, fullchain.indexOf('-----END CERTIFICATE-----') + 26),
    '',
    earlier,
  ]);
  if (sent === earlier) issued.timesSpoilt += 1;
  return sent;
}

/** It is for another key, so that its order is not asked again. */
function earlierOf(ca: Ca, { certId, names }: IssuedCertificate): string {
  const others = [...ca.issued.values()].filter(
    (one) => one.certId !== certId && one.names.join() === names.join(),
  );
  return others.at(-1)?.fullchain ?? '';
}
