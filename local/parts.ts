import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadModels } from './api-models/load-models.ts';
import { LocalAws } from './aws.ts';
import { type LocalDns, startDns } from './dns/start.ts';
import { Hosts } from './hosts/hosts.ts';
import type { InvocationResult } from './lambda/invocation.ts';
import { CpuControl, findCpuControl } from './lambda/share/cpu-control.ts';
import { startMoto } from './moto/start.ts';
import { CaProxy } from './pebble/ca-proxy.ts';
import { type Pebble, type PebbleOptions, startPebble } from './pebble/start.ts';
import { createRoute53, type Route53 } from './route53/route53.ts';
import { makeRunDir } from './run-dir.ts';
import { ensurePrograms, ensureSetup } from './setup.ts';
import { createSsm, type Ssm } from './ssm/ssm.ts';
import type { StopStack } from './stop-stack.ts';

export interface PartsOptions {
  /** from a Route 53 change until it is INSYNC and in the DNS; 0 by default */
  propagationMs?: number;
  /** how the CA behaves */
  pebble?: Partial<Omit<PebbleOptions, 'pebble' | 'dnsServer' | 'dir'>>;
  /** functions reach the CA through a proxy that can make it fail; off by default, as it costs time */
  caProxy?: boolean;
  /** messages of a failed batch and delayed ones are seen after this time, not after their own or the visibility timeout */
  queueRetryAfterMs?: number;
  /** between the attempts of a failing asynchronous invocation, not one and two minutes */
  asyncRetryDelaysMs?: number[];
  /** how long a command waits for an offline host, not its own TimeoutSeconds */
  deliveryLimitMs?: number;
  /** whether State Manager runs the stack's associations: a script on each host, at each deploy; off by default */
  stateManager?: boolean;
  /** nothing is installed that only hosts need, and none can be started */
  withoutHosts?: boolean;
  /** each function has Lambda's share of a core once it has started, where the kernel lets us; off by default */
  lambdaShare?: boolean;
  /** told what takes long, such as an installation */
  say?: (line: string) => void;
}

export interface PartsListeners {
  onLine: (source: string, line: string) => void;
  onResult: (functionName: string, result: InvocationResult) => void;
}

/** What the local cloud consists of. */
export interface Parts {
  /** everything that belongs to this run */
  dir: string;
  venvBin: string;
  /** moto itself: what is done there, the gateway and so AWS's events know nothing of */
  motoUrl: string;
  aws: LocalAws;
  ssm: Ssm;
  route53: Route53;
  dns: LocalDns;
  pebble: Pebble;
  /** the address of the CA that the functions know, where it can be made to fail */
  caProxy: CaProxy | undefined;
  hosts: Hosts;
  /** why functions have whole cores although Lambda's share of them was asked for */
  wholeCores: string | undefined;
}

/** Starts all parts and notes how they are stopped, also when one of them cannot be started. */
export async function startParts(
  options: PartsOptions,
  listeners: PartsListeners,
  stops: StopStack,
): Promise<Parts> {
  const setup = options.withoutHosts ? await ensurePrograms(options.say) : await ensureSetup(options.say);
  const dir = await makeRunDir();
  stops.push(() => rm(dir, { recursive: true, force: true }));
  // Not in the project: modules that a zip lacks would be found in its node_modules.
  const codeDir = await makeRunDir(tmpdir(), 'perennial-code-');
  stops.push(() => rm(codeDir, { recursive: true, force: true }));

  const route53 = createRoute53({ propagationMs: options.propagationMs ?? 0 });
  const [moto, { dns, pebble }] = await Promise.all([
    stops.started(startMoto({ venvBin: setup.venvBin, dir })),
    startCa({ ...options.pebble, pebble: setup.pebble, dir: join(dir, 'pebble') }, route53, stops),
  ]);
  const caProxy = options.caProxy ? await stops.started(CaProxy.start(pebble)) : undefined;
  const cpu = options.lambdaShare ? findCpuControl() : undefined;
  const wholeCores = typeof cpu === 'string' ? cpu : undefined;
  if (wholeCores !== undefined) options.say?.(`functions run on whole cores: ${wholeCores}`);
  const aws = new LocalAws({
    ...listeners,
    motoUrl: moto.url,
    codeDir,
    apiModels: loadModels(setup.venvBin),
    hostTags: (id) => hosts.get(id)?.tags,
    functionVariables: { NODE_EXTRA_CA_CERTS: await trustFile(pebble, dir) },
    cpu: cpu instanceof CpuControl ? cpu : undefined,
    queueRetryAfterMs: options.queueRetryAfterMs,
    asyncRetryDelaysMs: options.asyncRetryDelaysMs,
  });
  aws.functions.limitCpu(cpu instanceof CpuControl);
  await aws.start();
  stops.push(() => aws.stop());

  const hosts = new Hosts({
    ...setup,
    dir,
    env: (id) => aws.environmentOf(`host/${id}`),
    onRegistered: async (host) => ssm.stateManager?.register(host),
  });
  stops.push(() => hosts.stop());
  const { deliveryLimitMs } = options;
  const ssmOptions = deliveryLimitMs === undefined ? {} : { deliveryLimitMs };
  const stateManager = options.stateManager ? aws.stateManager : undefined;
  const ssm: Ssm = createSsm({ ...ssmOptions, hosts, emit: aws.emit, stateManager });
  stops.push(() => ssm.stop());
  aws.gateway.serve('ssm', ssm);
  aws.gateway.serve('route53', route53);
  const { venvBin } = setup;
  return { dir, venvBin, motoUrl: moto.url, aws, ssm, route53, dns, pebble, caProxy, hosts, wholeCores };
}

/** The PEM file that makes functions trust the CA's server, and the sites that have certificates of the CA. */
export async function trustFile(pebble: Pebble, dir: string): Promise<string> {
  const file = join(dir, 'trusted.pem');
  await writeFile(file, `${await readFile(pebble.tlsCaFile, 'utf8')}\n${await pebble.roots()}`);
  return file;
}

/** The CA asks the DNS of the local Route 53. */
async function startCa(
  options: Omit<PebbleOptions, 'dnsServer'>,
  { published }: Route53,
  stops: StopStack,
): Promise<{ dns: LocalDns; pebble: Pebble }> {
  const dns = await stops.started(startDns({ zones: published }));
  const pebble = await stops.started(startPebble({ ...options, dnsServer: `127.0.0.1:${dns.port}` }));
  return { dns, pebble };
}
