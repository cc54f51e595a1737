import type { Usage } from './usage.ts';

/** What was measured at some size. */
export interface Point {
  size: number;
  usage: Usage;
}

/** Two sizes at least, the smaller first. */
export type Points = readonly [Point, Point, ...Point[]];

export interface Measured {
  measuredAt: string;
  architecture: 'arm64' | 'x86_64';
  /** Megabytes that they have. */
  memoryMb: { scan: number; status: number };
  /** Seconds that functions may take. */
  timeouts: { scan: number; status: number };
  /** Each by the number of certificates, with a cold function. */
  check: Points;
  sweep: Points;
  page: Points;
  /** By the number of certificates of a batch, with the propagation, and the deployment to one host. */
  renewal: Points;
  /** For each certificate more than a check that asks nothing: when the CA is first asked when to renew it, and later. */
  firstAsk: Usage;
  ask: Usage;
  /** Of one certificate with its files. */
  storedBytes: number;
  /** What there is without any certificate. */
  standing: {
    metrics: number;
    alarmMetrics: number;
    dashboards: number;
    queues: number;
    looksAnHour: number;
  };
  /** Of a function that looks into its queue, finds nothing, and is warm. */
  look: Usage;
}

export interface Prices {
  region: string;
  readOn: string;
  prices: Record<Item, { usd: number }> & { lambdaGbSecond: { usd: Record<string, number> } };
}

type Item =
  | ('lambdaRequest' | 's3Write' | 's3Read' | 's3GbMonth' | 'event' | 'sqsRequest' | 'snsMail')
  | ('metric' | 'alarmMetric' | 'dashboard' | 'logGb' | 'logGbMonth');

/** US dollars a month. */
export interface Bill {
  certificates: number;
  lines: Record<string, number>;
  total: number;
  /** Of it what would be so without a certificate. */
  standing: number;
  /** Were the functions five times as slow as here. */
  totalIfSlower: number;
  /** What is beyond a function's time or memory by these figures. */
  beyond: string[];
}

const HOURS = 730;
const WEEKS = HOURS / 168;
const RENEWED_EVERY_HOURS = 60 * 24;
/** Where the CA names no time (docs/decisions/0012). */
const ASKED_EVERY_HOURS = 6;
const MOST_IN_A_BATCH = 50;
/** An event source mapping asks an idle queue with five pollers, each for 20 s (Lambda developer guide, "Using Lambda with Amazon SQS"). */
const POLLS_AN_HOUR = 5 * 180;
/** EventBridge puts a message, Lambda takes it and removes it. */
const REQUESTS_A_MESSAGE = 3;
const MAILS = 30;
/** Versions of before are kept for 90 days, one and a half of them at a renewal every 60. */
const STORED_FACTOR = 2.5;
const LOG_MONTHS = 3;
const GB = 1024 ** 3;
const SLOWER = 5;

/** What a number of 90-day certificates costs a month, renewed every 60 days and spread evenly. */
export function monthlyBill(measured: Measured, certificates: number, { prices }: Prices): Bill {
  const { check, sweep, page, standing } = measured;
  const renewals = (certificates * HOURS) / RENEWED_EVERY_HOURS;
  const batch = Math.min(MOST_IN_A_BATCH, Math.max(1, renewals / HOURS));
  const looks = times(HOURS * standing.looksAnHour, measured.look);
  const used = sum([
    times(HOURS, at(check, certificates)),
    times(WEEKS, at(sweep, certificates)),
    times(HOURS, at(page, certificates)),
    times(renewals / batch, at(measured.renewal, batch)),
    times(renewals, measured.firstAsk),
    times((certificates * HOURS) / ASKED_EVERY_HOURS, measured.ask),
    looks,
  ]);
  const usd = (item: Item, amount: number) => prices[item].usd * amount;
  const perGbSecond = prices.lambdaGbSecond.usd[measured.architecture] ?? Number.NaN;
  const polls = usd('sqsRequest', (standing.queues * POLLS_AN_HOUR + standing.looksAnHour) * HOURS);
  const watch =
    usd('metric', standing.metrics) +
    usd('alarmMetric', standing.alarmMetrics) +
    usd('dashboard', standing.dashboards);
  const gbSeconds = used.gbSeconds * perGbSecond;
  const logs = ({ logBytes }: Usage) =>
    usd('logGb', logBytes / GB) + usd('logGbMonth', (logBytes / GB) * LOG_MONTHS);
  const usdOf = (usage: Usage) =>
    usage.gbSeconds * perGbSecond + usd('lambdaRequest', usage.invocations) + logs(usage);
  const lines = {
    'Lambda, GB-seconds': gbSeconds,
    'Lambda, requests': usd('lambdaRequest', used.invocations),
    'S3, writes and lists': usd('s3Write', used.s3Writes),
    'S3, reads': usd('s3Read', used.s3Reads),
    'S3, storage': usd('s3GbMonth', (certificates * measured.storedBytes * STORED_FACTOR) / GB),
    'EventBridge, our events and those of S3': usd('event', used.events + used.s3Changes),
    'SQS, messages': usd('sqsRequest', used.messages * REQUESTS_A_MESSAGE),
    'SQS, looks into empty queues': polls,
    'SNS, a mail a day': usd('snsMail', MAILS),
    'CloudWatch, metrics, alarms, dashboard': watch,
    'CloudWatch, logs': logs(used),
  };
  const total = Object.values(lines).reduce((so, line) => so + line, 0);
  const totalIfSlower = total + gbSeconds * (SLOWER - 1);
  const beyond = beyondLimits(measured, certificates);
  return { certificates, lines, total, standing: polls + watch + usdOf(looks), totalIfSlower, beyond };
}

/** By the line from the smallest to the largest size: what is near each other tells memory and time badly apart. */
function beyondLimits({ timeouts, memoryMb, check, sweep, page }: Measured, certificates: number): string[] {
  const of = (points: Points) => at([points[0], points.at(-1) ?? points[1]], certificates);
  const runs = [
    ['hourly check', of(check), timeouts.scan, memoryMb.scan],
    ['weekly sweep', of(sweep), timeouts.scan, memoryMb.scan],
    ['status page', of(page), timeouts.status, memoryMb.status],
  ] as const;
  return runs.flatMap(([name, { longestSeconds, peakMb }, timeout, memory]) => [
    ...(longestSeconds > timeout ? [`${name}: ${longestSeconds.toFixed(0)} s of ${timeout} s`] : []),
    ...(peakMb > memory ? [`${name}: ${peakMb.toFixed(0)} MB of ${memory} MB`] : []),
  ]);
}

/** On the lines between the points, and beyond the last on the line of the last two. */
export function at(points: Points, size: number): Usage {
  const above = points.findIndex((point) => point.size >= size);
  const upper = above === -1 ? points.length - 1 : Math.max(1, above);
  const [from, to] = [points[upper - 1] ?? points[0], points[upper] ?? points[1]];
  const share = (size - from.size) / (to.size - from.size);
  return map(from.usage, (value, key) => Math.max(0, value + share * (to.usage[key] - value)));
}

/** For each of `count` what `more` used over `less`. */
export function each(count: number, more: Usage, less: Usage): Usage {
  return map(more, (value, key) => Math.max(0, (value - less[key]) / count));
}

const times = (factor: number, usage: Usage): Usage => map(usage, (value) => value * factor);
const sum = ([first, ...others]: [Usage, ...Usage[]]): Usage =>
  map(first, (value, key) => others.reduce((so, usage) => so + usage[key], value));

function map(usage: Usage, change: (value: number, key: keyof Usage) => number): Usage {
  const entries = Object.entries(usage) as [keyof Usage, number][];
  return Object.fromEntries(entries.map(([key, value]) => [key, change(value, key)])) as unknown as Usage;
}
