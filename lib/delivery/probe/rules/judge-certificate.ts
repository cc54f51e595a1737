import { daysLeft, isInLastSixth } from '../../../foundation/certificate/life.ts';
import { failing, type LiveFacts, ok, type Served, type SiteResult, warning } from './site-facts.ts';

const NOT_COMPLETE = ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT'];
const NOT_TRUSTED = [
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
];

/** Which certificate is served, whether clients trust it, and for how long. Addresses that agree share a finding. */
export function judgeCertificate(served: readonly Served[], live: LiveFacts): SiteResult[] {
  return [version(served, live), ...chain(served), expiry(served, live)];
}

function version(served: readonly Served[], { serial, mayLag = false }: LiveFacts): SiteResult {
  const others = served.filter((one) => one.serial !== withoutZeros(serial));
  if (others.length === 0) return ok('served', `the live certificate (serial ${serial})`);
  const seen = others.map((one) => `${one.address} serves ${one.serial}`).join(', ');
  if (mayLag) return ok('served', `${seen}, and gets the live ${serial} when its hosts may be touched`);
  const remedy =
    'wait for the deployment if one is under way; otherwise see what hosts/ says of that host, and whether a proxy or a CDN in front has a certificate of its own';
  return warning('served', `${seen} instead of the live ${serial}`, remedy);
}

/** Serials come with and without leading zeros. */
function withoutZeros(serial: string): string {
  return serial.replace(/^0+/, '');
}

function chain(served: readonly Served[]): SiteResult[] {
  const codes = [...new Set(served.flatMap(({ untrusted }) => untrusted ?? []))];
  if (codes.length === 0) return [ok('chain', 'complete, up to a trusted root')];
  return codes.map((code) => {
    const where = served.filter(({ untrusted }) => untrusted === code).map(({ address }) => address);
    return failing('chain', `${where.join(', ')}: ${words(code)} (${code})`, remedy(code));
  });
}

function words(code: string): string {
  if (NOT_COMPLETE.includes(code)) return 'the chain lacks its intermediate';
  if (NOT_TRUSTED.includes(code)) return 'the chain does not end at a trusted root';
  if (code === 'CERT_HAS_EXPIRED') return 'the certificate, or one above it, has expired';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'the certificate is for other names';
  return 'the certificate is not trusted';
}

function remedy(code: string): string {
  if (NOT_COMPLETE.includes(code)) return 'let the web server use fullchain.pem, not cert.pem';
  if (NOT_TRUSTED.includes(code))
    return "let the web server use fullchain.pem of this certificate; a CA's staging is trusted by nobody";
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return 'give the name a server block with this certificate, or take it out of the DNS';
  return 'let the web server use the live version';
}

/** The first to expire. */
function expiry(served: readonly Served[], { now }: LiveFacts): SiteResult {
  const [first] = [...served].sort((a, b) => a.notAfter.getTime() - b.notAfter.getTime());
  if (!first) return ok('expiry', 'nothing expires');
  const day = first.notAfter.toISOString().slice(0, 10);
  if (first.notAfter <= now)
    return failing('expiry', `${first.address}: expired on ${day}`, 'let the host use the live version');
  const seen = `expires on ${day}, in ${daysLeft(first, now)} days`;
  if (!isInLastSixth(first, now)) return ok('expiry', seen);
  const remedy = 'see what state/ and hosts/ say: it should have been renewed';
  return warning('expiry', `${first.address}: ${seen}`, remedy);
}
