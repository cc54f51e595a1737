import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
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
    if (performance.now() > deadline)
      throw new SetupError(`another set-up of ${folder} has not ended in ${limitMs / 1000} s`);
    await sleep(200);
    lock = await tryListen(name);
  }
  try {
    return await work();
  } finally {
    lock.close();
  }
}

function tryListen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen({ path }, () => resolve(server.unref()));
  });
}
