import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Server } from './nginx-configuration.ts';

/** A real Nginx, however it runs. */
export interface Nginx {
  /** The nginx.conf that it reads, on this machine. */
  readonly configurationFile: string;
  /** Writes the configuration; read at start and at a reload. A server without a certificate fails its test. */
  configure(servers: Server[]): Promise<void>;
  /** Writes nginx.conf as it is, such as a broken one; returns the way to write the last one again. */
  writeConfiguration(text: string): Promise<() => Promise<void>>;
  /** Resolves when it accepts connections on the ports of its servers. */
  start(): Promise<void>;
  reload(): Promise<void>;
  /** Stops it and removes what it left; does nothing when it is stopped. */
  stop(): Promise<void>;
}

export const portsOf = (servers: readonly Server[]): number[] => [
  ...new Set(servers.map(({ port }) => port)),
];

export async function waitForPorts(ports: readonly number[]): Promise<void> {
  await Promise.all(ports.map((port) => waitForPort(port)));
}

/** Resolves when something accepts connections on `port` of the loopback address. */
export async function waitForPort(port: number, limitMs = 10_000): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await accepts(port))) {
    if (performance.now() > deadline) throw new Error(`nothing listens on port ${port}`);
    await sleep(20);
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const answer = (accepted: boolean) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', () => answer(true)).once('error', () => answer(false));
  });
}
