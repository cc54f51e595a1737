import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

const LEAST_PER_SECOND = 40;

export interface ProbeOptions {
  port: number;
  /** asked in turn */
  names: string[];
  /** PEM of the roots that are trusted */
  ca: string;
  /** the signature algorithms that the client offers, where not all: `RSA-PSS+SHA256:RSA+SHA256` has RSA certificates only */
  sigalgs?: string;
}

export interface Probed {
  /** connections that got a certificate valid by chain, name and dates */
  answers: number;
  /** what the others got; the time is from the start of the probe */
  failures: string[];
  /** of the time in which its thread could ask: it shares the machine with what it looks at */
  perSecond: number;
  /** serial numbers in the order in which they were seen first */
  serials: string[];
}

/**
 * Connects to 127.0.0.1 over TLS 50 times a second, as a client that verifies, until the returned function is called. In a
 * thread of its own: what the hosts are told by, a DNS among it, runs in this one and has to answer in time.
 */
export function startProbe(options: ProbeOptions): () => Promise<Probed> {
  const worker = new Worker(join(import.meta.dirname, 'tls-probe-worker.ts'), { workerData: options });
  worker.unref();
  const ended = once(worker, 'message') as Promise<[Probed]>;
  ended.catch(() => {});
  return async () => {
    worker.ref();
    worker.postMessage('stop');
    const [probed] = await ended;
    await worker.terminate();
    return probed;
  };
}

/** Throws an AssertionError when a connection failed or got a certificate that is not valid, or when too few were tried. */
export function assertUnbroken({ failures, perSecond, answers }: Probed): void {
  assert.deepEqual(failures, []);
  assert.ok(answers > 0, 'the probe got no answer at all');
  assert.ok(perSecond >= LEAST_PER_SECOND, `only ${perSecond.toFixed(1)} probes a second`);
}
