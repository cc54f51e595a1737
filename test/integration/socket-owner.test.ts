import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import type { Connection } from '../../local/gateway/request.ts';
import { socketOwner } from '../../local/lambda/socket-owner.ts';

const servers: Server[] = [];
const callers: ChildProcess[] = [];

afterEach(() => {
  for (const caller of callers.splice(0)) caller.kill('SIGKILL');
  for (const server of servers.splice(0)) server.close();
});

async function listen(): Promise<{ server: Server; port: number }> {
  const server = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return { server, port: (server.address() as AddressInfo).port };
}

/** A port below those that Linux gives to callers by itself: none of another process takes it meanwhile. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 30_000);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    await once(server.close(), 'close');
    return port;
  }
}

/** A process of its own that calls from this port; resolves when it is connected. */
async function call(
  { server, port }: Awaited<ReturnType<typeof listen>>,
  localPort: number,
): Promise<{ pid: number; connection: Connection }> {
  const options = JSON.stringify({ host: '127.0.0.1', port, localPort });
  const caller = spawn(process.execPath, ['-e', `require('node:net').connect(${options})`]);
  callers.push(caller);
  const [socket] = await once(server, 'connection');
  return { pid: caller.pid ?? 0, connection: { callerPort: socket.remotePort, serverPort: port } };
}

it('tells two callers apart who have the same port, talking to different servers', async () => {
  const port = await freePort();
  const one = await call(await listen(), port);
  const other = await call(await listen(), port);
  const pids = [one.pid, other.pid];
  const owners = await Promise.all([one, other].map(({ connection }) => socketOwner(connection, pids)));
  expect(owners).toEqual(pids);
});

it('knows nobody when the caller is not among the processes', async () => {
  const { connection } = await call(await listen(), await freePort());
  expect(await socketOwner(connection, [process.pid])).toBeUndefined();
});
