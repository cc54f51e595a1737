import Table from 'cli-table3';
import type { BundleFigures } from './bundles.ts';
import type { ManyRenewals } from './many-renewals.ts';
import type { SingleRenewal } from './single-renewal.ts';

/** Kilobytes are 1024 bytes, as in Lambda's quotas. */
const LIMITS: Record<string, { kb: number; ratio: number }> = {
  renew: { kb: 300, ratio: 2.6 },
  deploy: { kb: 160, ratio: 1.5 },
  scan: { kb: 140, ratio: 1.3 },
  confirm: { kb: 140, ratio: 1.3 },
};

export function singleTable({
  runs,
  eventToPointerMs,
  caRequests,
  route53Calls,
  s3Calls,
  peakMb,
}: SingleRenewal): string {
  const table = new Table({
    head: [`one certificate, functions cold, ${runs} runs`, 'min', 'median', 'max', 'aim'],
    style: { head: [], border: [] },
  });
  const row = (
    label: string,
    { min, median, max }: { min: number; median: number; max: number },
    aim: string,
  ) => table.push([label, min, median, max, aim]);
  row('renewal file put → pointer moved, ms', eventToPointerMs, '1500');
  row('requests to the CA', caRequests, '9');
  row('Route 53 calls', route53Calls, '–');
  row('S3 calls', s3Calls, '–');
  for (const [name, mb] of Object.entries(peakMb))
    table.push([`peak memory of ${name}, MB`, '', '', mb, '256']);
  return table.toString();
}

export function manyTable(many: ManyRenewals): string {
  const head = [
    `${many.certificates} certificates of one zone, ${many.propagationMs / 1000} s of propagation, one run`,
    '',
    'aim',
  ];
  const table = new Table({ head, style: { head: [], border: [] } });
  table.push(['hourly check invoked → last pointer moved, s', (many.wallMs / 1000).toFixed(1), '–']);
  table.push(['Route 53 change batches', many.changeBatches, 4]);
  table.push(['Route 53 calls for each certificate', many.route53CallsPerCertificate.toFixed(2), '0.15']);
  table.push(['peak memory of renew, MB', many.peakMb, 256]);
  return table.toString();
}

export function bundleTable(bundles: Record<string, BundleFigures>): string {
  const table = new Table({
    head: [
      'function',
      'zip, KB',
      'aim',
      'import, ms',
      'over S3 client alone',
      'aim',
      'over it trimmed alike',
    ],
    style: { head: [], border: [] },
  });
  for (const [name, { zipBytes, importMs, importRatio, importRatioTrimmed }] of Object.entries(bundles)) {
    const limit = LIMITS[name];
    table.push([
      name,
      (zipBytes / 1024).toFixed(1),
      limit?.kb,
      importMs.toFixed(1),
      importRatio.toFixed(2),
      limit?.ratio,
      importRatioTrimmed.toFixed(2),
    ]);
  }
  return table.toString();
}
