import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createSecureContext, type SecureContextOptions } from 'node:tls';
import { parentPort, workerData } from 'node:worker_threads';
import type { Probed, ProbeOptions } from './tls-probe.ts';

const EVERY_MS = 20;
const ANSWER_LIMIT_MS = 10_000;
/** Fewer than the 128 connections that a small Nginx takes at once. */
const MOST_AT_ONCE = 50;

/** Connects until the returned function is called. */
function probe({ port, names, ca, sigalgs }: ProbeOptions): () => Promise<Probed> {
  // By itself Node makes a post-quantum key for each connection too, a quarter of what one costs.
  const client: SecureContextOptions = { ca, ecdhCurve: 'X25519:P-256' };
  const trust = sigalgs === undefined ? client : { ...client, sigalgs };
  const secureContext = createSecureContext(trust);
  const serials = new Set<string>();
  const failures: string[] = [];
  const open: Promise<void>[] = [];
  let underWay = 0;
  const started = performance.now();
  const elapsed = () => performance.now() - started;
  const askOnce = async () => {
    const servername = names[open.length % names.length] ?? '';
    const since = elapsed();
    underWay += 1;
    try {
      serials.add(await serialFor({ port, servername, secureContext }));
    } catch (error) {
      failures.push(`${servername} at ${Math.round(since)} ms: ${(error as Error).message}`);
    } finally {
      underWay -= 1;
    }
  };
  // A timer of a busy process comes late; what it missed is asked then. When all that may be under way is, nothing more is
  // asked: as much of that time as this thread waits for a processor, the server waits for one too; half of it at most is excused.
  let lookedAt = 0;
  let stalledMs = 0;
  let blockedMs = 0;
  const waits = shareOfWaiting();
  const noteStall = () => {
    const passedMs = elapsed() - lookedAt;
    if (underWay >= MOST_AT_ONCE) blockedMs += passedMs;
    else if (passedMs > 2 * EVERY_MS) stalledMs += passedMs - EVERY_MS;
    lookedAt = elapsed();
  };
  const askAllDue = () => {
    noteStall();
    while (open.length * EVERY_MS <= elapsed() && underWay < MOST_AT_ONCE) open.push(askOnce());
  };
  askAllDue();
  const timer = setInterval(askAllDue, EVERY_MS);
  return async () => {
    clearInterval(timer);
    noteStall();
    // The first and the last interval are seldom whole; of a short time they are much.
    const wholeMs = Math.max(
      EVERY_MS,
      elapsed() - stalledMs - blockedMs * Math.min(waits(), 0.5) - 2 * EVERY_MS,
    );
    const perSecond = open.length / (wholeMs / 1000);
    await Promise.all(open);
    return { answers: open.length - failures.length, failures, perSecond, serials: [...serials] };
  };
}

/** How much of its time that was not asleep this thread has waited for a processor since, 0 to 1 (proc(5), schedstat). */
function shareOfWaiting(): () => number {
  const read = () => readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ').map(Number);
  const [ranBefore = 0, waitedBefore = 0] = read();
  return () => {
    const [ran = 0, waited = 0] = read();
    return (waited - waitedBefore) / (ran - ranBefore + waited - waitedBefore || 1);
  };
}

async function serialFor(to: {
  port: number;
  servername: string;
  secureContext: ReturnType<typeof createSecureContext>;
}): Promise<string> {
  const socket = connect({ host: '127.0.0.1', ...to });
  socket.setTimeout(ANSWER_LIMIT_MS, () =>
    socket.destroy(new Error(`no answer within ${ANSWER_LIMIT_MS} ms`)),
  );
  try {
    await once(socket, 'secureConnect');
    return socket.getPeerX509Certificate()?.serialNumber ?? 'none';
  } finally {
    socket.destroy();
  }
}

const stop = probe(workerData as ProbeOptions);
parentPort?.once('message', async () => parentPort?.postMessage(await stop()));
