import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { findProgram } from '../setup/find-program.ts';
import { type CaOptions, pebbleConfiguration, pebbleEnvironment } from './configuration.ts';
import { makeTlsCertificate } from './tls-certificate.ts';

export interface PebbleOptions extends CaOptions {
  /** The program. */
  pebble: string;
  /** The resolver that validations ask, as `127.0.0.1:5353`. */
  dnsServer: string;
  /** of the loopback addresses, for the directory; default 127.0.0.1 */
  address?: string;
  /** Configuration, TLS certificate and log go here. */
  dir: string;
  /** Added to its environment, after the settings above. */
  env?: Record<string, string>;
}

export interface Pebble {
  directoryUrl: string;
  managementUrl: string;
  /** PEM file with which clients trust the directory's HTTPS (not the certificates it issues). */
  tlsCaFile: string;
  /** The key of that certificate, for another server at the CA's address. */
  tlsKeyFile: string;
  logFile: string;
  /** Asks the management interface with GET. */
  manage(path: string): Promise<string>;
  /** The PEM of the root under which it issues; a new one at each start. */
  roots(): Promise<string>;
  /** What it answers from now on when asked when to renew this certificate (PEM): any text, good or not. */
  setRenewalInfo(certificate: string, answer: string): Promise<void>;
  stop(): Promise<void>;
}

export class PebbleError extends Error {
  override name = 'PebbleError';
}

const START_LIMIT_MS = 20_000;

/** Starts a CA on free ports of the loopback address; its log is `<dir>/pebble.log`. It ends with this process. */
export async function startPebble(options: PebbleOptions): Promise<Pebble> {
  const { dir, address = '127.0.0.1' } = options;
  await mkdir(dir, { recursive: true });
  const files = await makeTlsCertificate(dir, address);
  const [listenPort, managementPort] = await freePorts();
  await writeFile(
    join(dir, 'pebble.json'),
    pebbleConfiguration({ address, listenPort, managementPort, ...files }, options),
  );
  const ca = await readFile(files.certificate, 'utf8');
  const directoryUrl = `https://${address}:${listenPort}/dir`;
  const managementUrl = `https://127.0.0.1:${managementPort}`;

  const child = launch(options);
  const exited = once(child, 'exit').catch(() => undefined);
  const stop = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  const urls = [directoryUrl, `${managementUrl}/roots/0`];
  try {
    await Promise.all(urls.map((url) => untilItAnswers(url, ca, child)));
  } catch (cause) {
    await stop();
    throw new PebbleError(`Pebble did not start; see ${join(dir, 'pebble.log')}`, { cause });
  }
  return {
    directoryUrl,
    managementUrl,
    tlsCaFile: files.certificate,
    tlsKeyFile: files.privateKey,
    logFile: join(dir, 'pebble.log'),
    manage: (path) => read(`${managementUrl}/${path}`, ca),
    roots: () => read(`${managementUrl}/roots/0`, ca),
    async setRenewalInfo(Certificate, ARIResponse) {
      await read(`${managementUrl}/set-renewal-info/`, ca, JSON.stringify({ Certificate, ARIResponse }));
    },
    stop,
  };
}

function launch({ pebble, dnsServer, dir, env, ...settings }: PebbleOptions): ChildProcess {
  const command = [pebble, '-config', join(dir, 'pebble.json'), '-dnsserver', dnsServer];
  // A process that is killed cannot stop its children; the kernel can.
  if (findProgram('setpriv')) command.unshift('setpriv', '--pdeathsig', 'KILL');
  const [file = '', ...args] = command;
  const log = openSync(join(dir, 'pebble.log'), 'a');
  const child = spawn(file, args, {
    stdio: ['ignore', log, log],
    env: { PATH: process.env.PATH ?? '', ...pebbleEnvironment(settings), ...env },
  });
  closeSync(log);
  return child;
}

async function untilItAnswers(url: string, ca: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + START_LIMIT_MS;
  for (;;) {
    try {
      await read(url, ca);
      return;
    } catch (error) {
      if (child.exitCode !== null || performance.now() > deadline) throw error;
      await sleep(20);
    }
  }
}

/** The answer to a GET, or to a POST of `body`. */
async function read(url: string, ca: string, body?: string): Promise<string> {
  const method = body === undefined ? 'GET' : 'POST';
  const headers = { 'User-Agent': 'local' };
  const sent = request(url, { ca, method, headers, timeout: 5_000, agent: false }).end(body);
  sent.on('timeout', () => sent.destroy(new Error(`${url} does not answer`)));
  const [response] = await once(sent, 'response');
  const answer = await text(response);
  if (response.statusCode >= 400) throw new PebbleError(`${url} answered ${response.statusCode}: ${answer}`);
  return answer;
}

async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()] as const;
  for (const server of servers) await once(server.listen(0, '127.0.0.1'), 'listening');
  const [first, second] = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) await once(server.close(), 'close');
  return [first ?? 0, second ?? 0];
}
