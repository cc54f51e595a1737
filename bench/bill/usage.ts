import type { LocalCloud } from '../../local/cloud.ts';

/** What something used of AWS, by what AWS bills. */
export interface Usage {
  invocations: number;
  /** Memory of the functions times their time, INIT included. */
  gbSeconds: number;
  /** PUT, POST and LIST. */
  s3Writes: number;
  s3Reads: number;
  /** Objects written or removed, each of which is an event of S3 on EventBridge. */
  s3Changes: number;
  /** Events of our own, a new one for each 64 KB. */
  events: number;
  /** That queues gave to functions. */
  messages: number;
  logBytes: number;
  /** The longest invocation of a function. */
  longestSeconds: number;
  peakMb: number;
}

export type Measure = (work: () => Promise<unknown>) => Promise<Usage>;

const EVENT_BYTES = 64 * 1024;
/** What CloudWatch adds to each line of a log (CloudWatch Logs quotas). */
const LOG_LINE_BYTES = 26;
/** Functions and hosts, not who measures. */
const BILLED = /Role|^host\/|\/host\//;

/** Looks on while work is done, until nothing goes on any more. */
export function usageMeter(cloud: LocalCloud): Measure {
  let usage = none();
  cloud.onInvocation((_, { report, log, payload }) => {
    const seconds = Math.ceil(report.durationMs + (report.initDurationMs ?? 0)) / 1000;
    usage.invocations += 1;
    // Lambda's REPORT line has the memory of the function as it is deployed.
    const memoryMb = Number(/\tMemory Size: (\d+) MB/.exec(log)?.[1]);
    usage.gbSeconds += (seconds * memoryMb) / 1024;
    usage.longestSeconds = Math.max(usage.longestSeconds, seconds);
    usage.peakMb = Math.max(usage.peakMb, report.maxMemoryMb);
    usage.logBytes += Buffer.byteLength(log) + log.split('\n').length * LOG_LINE_BYTES;
    if (payload.includes('batchItemFailures')) usage.messages += 1;
  });
  cloud.parts.aws.gateway.onRequest(({ service, body }, { action }) => {
    if (service !== 'events' || action !== 'PutEvents') return;
    const { Entries } = JSON.parse(body.toString()) as { Entries: object[] };
    for (const entry of Entries)
      usage.events += Math.ceil(Buffer.byteLength(JSON.stringify(entry)) / EVENT_BYTES);
  });
  return async (work) => {
    usage = none();
    const since = new Date();
    await work();
    await cloud.idle(LIMIT_MS);
    for (const { method, action, principal } of cloud.calls.matching({ service: 's3', since })) {
      if (!BILLED.test(principal)) continue;
      if (method === 'PUT' || method === 'POST' || action.startsWith('List')) usage.s3Writes += 1;
      else if (method !== 'DELETE') usage.s3Reads += 1;
      if (method === 'PUT' || method === 'DELETE') usage.s3Changes += 1;
    }
    return usage;
  };
}

const LIMIT_MS = 900_000;

/** Nothing was used. */
export const none = (): Usage => ({
  invocations: 0,
  gbSeconds: 0,
  s3Writes: 0,
  s3Reads: 0,
  s3Changes: 0,
  events: 0,
  messages: 0,
  logBytes: 0,
  longestSeconds: 0,
  peakMb: 0,
});
