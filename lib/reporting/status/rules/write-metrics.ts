import { SECOND } from '../../../foundation/common/durations.ts';
import { HEALTHS, isWell } from '../../../scan/rules/health.ts';
import type { CertificateStatus } from './certificate-status.ts';

type Labels = Record<string, string>;
/** Made when they are written, one family after the other: those of many certificates would not fit into memory together. */
type Samples = Iterable<Sample>;
type Sample = [labels: Labels, value: number | undefined];

/**
 * The same as the page, for Prometheus (its documentation, "Exposition formats", text-based format): gauges, as of the moment at
 * which they were written.
 */
export function writeMetrics(
  certificates: readonly CertificateStatus[],
  { stage, region, at }: { stage: string; region: string; at: Date },
): string {
  const each = function* (sampleOf: (one: CertificateStatus) => Sample): Samples {
    for (const one of certificates) yield sampleOf(one);
  };
  const of = (read: (one: CertificateStatus) => Sample[1]) =>
    each((one) => [{ certificate: one.name }, read(one)]);
  const unwell = certificates.filter((one) => !isWell(one));
  const metrics: [name: string, help: string, samples: Samples][] = [
    ['written_timestamp_seconds', 'When this was written, every hour.', [[{}, seconds(at.toISOString())]]],
    ['certificates', 'Certificates that are wanted or live.', [[{}, certificates.length]]],
    ['certificates_unwell', 'Certificates that are not well.', [[{}, unwell.length]]],
    [
      'certificate_health',
      'How a certificate is, in the words of "perennial-tls status": 1 for its word, and no others.',
      each(({ name, health }) => [
        { certificate: name, health: HEALTHS.find((one) => one === health) ?? 'unknown' },
        1,
      ]),
    ],
    ['certificate_well', 'Whether nobody has to act.', of((one) => Number(isWell(one)))],
    ['certificate_not_after_timestamp_seconds', 'When it expires.', of(({ notAfter }) => seconds(notAfter))],
    ['certificate_due_timestamp_seconds', 'When its age makes it due.', of(({ due }) => seconds(due))],
    ['certificate_failures', 'Renewals that failed in a row.', of(({ failures }) => failures)],
    [
      'certificate_last_try_timestamp_seconds',
      'When it was last tried to renew it.',
      of(({ last }) => seconds(last?.at)),
    ],
    ['certificate_hosts', 'Hosts that are to have it.', of(({ hosts }) => hosts.length)],
    [
      'certificate_hosts_behind',
      'Hosts without what is live.',
      of(({ hosts }) => hosts.filter(({ isLive }) => !isLive).length),
    ],
  ];
  return metrics.map((metric) => family(metric, { stage, region })).join('');
}

function family([name, help, samples]: [string, string, Samples], stack: Labels): string {
  const full = `perennial_${name}`;
  const lines: string[] = [];
  for (const [labels, value] of samples)
    if (value !== undefined) lines.push(`${full}{${labelsText({ ...stack, ...labels })}} ${value}`);
  if (lines.length === 0) return '';
  return `# HELP ${full} ${escaped(help)}\n# TYPE ${full} gauge\n${lines.join('\n')}\n`;
}

const labelsText = (labels: Labels) =>
  Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value).replaceAll('"', '\\"')}"`)
    .join(',');

const escaped = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');

function seconds(instant: string | undefined): number | undefined {
  const value = Date.parse(instant ?? '') / SECOND;
  return Number.isNaN(value) ? undefined : value;
}
