import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { refuseNonconforming } from './api-models/refuse-nonconforming.ts';
import { deployProject } from './deploy.ts';
import type { CallLog } from './gateway/call-log.ts';
import type { Faults } from './gateway/faults.ts';
import type { HostOptions } from './hosts/host-options.ts';
import type { Hosts } from './hosts/hosts.ts';
import type { FunctionClock } from './lambda/function-clock.ts';
import type { InvocationResult } from './lambda/invocation.ts';
import { type Parts, type PartsOptions, startParts } from './parts.ts';
import { StopStack } from './stop-stack.ts';

export interface CloudOptions extends PartsOptions {
  hosts?: HostOptions[];
  /** the folder with serverless.yml; this project by default */
  projectDir?: string;
  /** deploys what was packed for an earlier cloud, where the project is the same */
  reusePackage?: boolean;
}

export type FunctionLogListener = (functionName: string, line: string) => void;
export type InvocationListener = (functionName: string, result: InvocationResult) => void;

/** AWS, a CA, DNS and hosts on this machine. */
export interface LocalCloud {
  /** the address of all of AWS */
  endpoint: string;
  /** of a resolver on 127.0.0.1, UDP and TCP */
  dnsPort: number;
  directoryUrl: string;
  /** the PEM of the root under which the CA issues */
  caRoots(): Promise<string>;
  /** PEM file with which clients trust the HTTPS of the CA's directory */
  caTlsFile: string;
  /** the environment with which ordinary tools (serverless, aws, SDKs) talk to this cloud */
  env: Record<string, string>;
  /** the parts themselves, for what is not here */
  parts: Parts;
  hosts: Hosts;
  /** every call of every principal */
  calls: CallLog;
  /** what is to go wrong */
  faults: Faults;
  /** Runs the real `serverless deploy` and waits until what is deployed is in use. Throws DeployError. */
  deploy(): Promise<void>;
  /** The outputs of what is deployed, by their names, such as `Bucket`. */
  outputs(): Promise<Record<string, string>>;
  /** Does what the deployed schedules with matching expressions do; they never fire by themselves. */
  fireSchedule(match: (expression: string) => boolean): Promise<void>;
  /** The interval of every association is over; with `stateManager` only. */
  runAssociations(): Promise<void>;
  /** The next invocation of every function starts cold. */
  coolDown(): Promise<void>;
  /** Resolves when no function or command runs and nothing is in a mapped queue; throws after `limitMs`, saying what goes on. */
  idle(limitMs: number): Promise<void>;
  onFunctionLog(listener: FunctionLogListener): void;
  /** Told how each invocation ended, with its duration, time to start and peak memory. */
  onInvocation(listener: InvocationListener): void;
  setPropagation(ms: number): void;
  /** The clock that functions see from now on; their processes start anew. */
  setFunctionClock(clock: FunctionClock): Promise<void>;
  /** How many requests the CA has answered so far, by its own log; all, or those whose `METHOD /path` matches. */
  caRequests(request?: RegExp): Promise<number>;
  /**
   * Stops everything and removes what belongs to this run. Throws NonconformingRequestError where a request was not as AWS's
   * API model has it.
   */
  stop(): Promise<void>;
}

const PROJECT = join(import.meta.dirname, '..');
const IDLE_CHECK_MS = 25;
/** Between looks into queues, each of which is a call for each of them. */
const QUEUE_CHECK_MS = 100;

/** Starts the local cloud, after installing what it needs. It also stops with this process. */
export async function startCloud(options: CloudOptions = {}): Promise<LocalCloud> {
  const stops = new StopStack();
  const stopOnSignal = (signal: NodeJS.Signals) => {
    const status = signal === 'SIGINT' ? 130 : 143;
    void stops.stop().finally(() => process.exit(status));
  };
  process.once('SIGINT', stopOnSignal).once('SIGTERM', stopOnSignal);
  const logListeners: FunctionLogListener[] = [];
  const invocationListeners: InvocationListener[] = [];
  const stop = async () => {
    process.off('SIGINT', stopOnSignal).off('SIGTERM', stopOnSignal);
    await stops.stop();
  };
  try {
    const onLine: FunctionLogListener = (...line) => {
      for (const listener of logListeners) listener(...line);
    };
    const onResult: InvocationListener = (...end) => {
      for (const listener of invocationListeners) listener(...end);
    };
    const parts = await startParts(options, { onLine, onResult }, stops);
    await Promise.all((options.hosts ?? []).map((host) => parts.hosts.start(host)));
    return {
      ...describeParts(parts),
      ...operations(parts, options),
      onFunctionLog: (listener) => void logListeners.push(listener),
      onInvocation: (listener) => void invocationListeners.push(listener),
      stop: async () => {
        await stop();
        refuseNonconforming(parts.aws.gateway.calls.nonconforming.splice(0));
      },
    };
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

function describeParts(parts: Parts) {
  const { aws, dns, pebble } = parts;
  const { directoryUrl } = parts.caProxy ?? pebble;
  return {
    parts,
    hosts: parts.hosts,
    endpoint: aws.gateway.endpoint,
    dnsPort: dns.port,
    directoryUrl,
    caRoots: () => pebble.roots(),
    caTlsFile: pebble.tlsCaFile,
    calls: aws.gateway.calls,
    faults: aws.gateway.faults,
    env: {
      ...aws.environmentOf('user'),
      PERENNIAL_STAGE: 'local',
      DIRECTORY_URL: directoryUrl,
      DNS_RESOLVER: '127.0.0.1',
      DNS_PORT: String(dns.port),
      NODE_EXTRA_CA_CERTS: pebble.tlsCaFile,
    },
  };
}

function operations(parts: Parts, { projectDir = PROJECT, reusePackage = false }: CloudOptions) {
  const { aws, dir, route53 } = parts;
  const { env } = describeParts(parts);
  return {
    async deploy() {
      await deployProject({ projectDir, env, logFile: join(dir, 'deploy.log'), reusePackage });
      await aws.adapt();
      await parts.ssm.stateManager?.refresh();
    },
    outputs: () => aws.outputs(),
    fireSchedule: (match: (expression: string) => boolean) => aws.buses.fireSchedule(match),
    runAssociations: async () => parts.ssm.stateManager?.runAll(),
    coolDown: () => aws.functions.forget().then(() => aws.functions.prepareAll()),
    idle: (limitMs: number) => untilIdle(parts, limitMs),
    setFunctionClock: (clock: FunctionClock) => aws.functions.setClock(clock),
    setPropagation: (ms: number) => route53.setPropagation(ms),
    async caRequests(request = /./) {
      const log = await readFile(join(dir, 'pebble/pebble.log'), 'utf8');
      return [...log.matchAll(/([A-Z]+ \S+) -> calling handler\(\)/g)].filter(([, line = '']) =>
        request.test(line),
      ).length;
    },
  };
}

/** Two quiet looks in a row: between them, what left one place has arrived in the next. */
async function untilIdle({ aws, ssm }: Parts, limitMs: number): Promise<void> {
  const deadline = Date.now() + limitMs;
  for (let quiet = 0; quiet < 2; ) {
    const going = ssm.running > 0 ? [`commands: ${ssm.running}`] : await aws.activity();
    quiet = going.length === 0 ? quiet + 1 : 0;
    if (Date.now() > deadline && quiet === 0) {
      throw new Error(`not idle after ${limitMs / 1000} s; still going on: ${going.join(', ')}`);
    }
    await sleep(going.some((what) => what.startsWith('messages')) ? QUEUE_CHECK_MS : IDLE_CHECK_MS);
  }
}
