import { createHash } from 'node:crypto';
import { connect, createServer, type Socket } from 'node:net';
import { SetupError } from './setup-error.ts';

/**
 * Runs `work` while no other process holds the lock of `folder`; waits for its turn, at most `limitMs`.
 * The lock is an abstract Unix socket: the kernel frees it with the process, so none is ever left behind.
 */
export async function holdLock<T>(folder: string, work: () => Promise<T>, limitMs = 900_000): Promise<T> {
  const name = `\0perennial-setup-${createHash('sha256').update(folder).digest('hex').slice(0, 24)}`;
  const deadline = performance.now() + limitMs;
  let lock = await tryListen(name);
  while (!lock) {
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) throw new SetupError(`another set-up of ${folder} has not ended in ${limitMs / 1000} s`);
    await untilReleased(name, leftMs);
    lock = await tryListen(name);
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}

interface Lock {
  release(): void;
}

/** Whoever waits is connected, and is told by the end of the connection. */
function tryListen(path: string): Promise<Lock | undefined> {
  return new Promise((resolve, reject) => {
    const waiting = new Set<Socket>();
    const server = createServer((socket) => {
      waiting.add(socket.unref());
      socket.on('error', () => undefined).once('close', () => waiting.delete(socket));
    });
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    const release = () => {
      server.close();
      for (const socket of waiting) socket.destroy();
    };
    server.listen({ path }, () => {
      server.unref();
      resolve({ release });
    });
  });
}

function untilReleased(path: string, limitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ path }).once('close', () => resolve());
    socket.on('error', () => undefined).setTimeout(limitMs, () => socket.destroy());
  });
}
