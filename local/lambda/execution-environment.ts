import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { DeployedFunction } from './deployed-function.ts';
import { type InvocationResult, reportLine } from './invocation.ts';
import { residentMemory } from './memory.ts';
import { errorOf, type Message } from './message.ts';
import { heapOptions, profileOptions } from './node-options.ts';
import { FunctionOutput } from './output.ts';
import { type CpuControl, shareOf } from './share/cpu-control.ts';
import type { CpuGroup } from './share/cpu-group.ts';

const BOOTSTRAP = fileURLToPath(new URL('bootstrap.mjs', import.meta.url));
const MEMORY_CHECK_MS = 100;
const INIT_LIMIT_MS = 10_000;

export interface Place {
  taskRoot: string;
  variables: Record<string, string>;
  /** how many times as fast as the machine's its clock runs; see FunctionClock */
  speed: number;
  /** puts the process into a group of its own, which can be given Lambda's share of a core */
  cpu: CpuControl | undefined;
  /** a folder for Node's CPU profile of the process, from its start to its end */
  profileTo: string | undefined;
  onLine: (line: string) => void;
}

/** One Node process that runs one function, one invocation at a time. */
export class ExecutionEnvironment {
  readonly deployed: DeployedFunction;
  readonly #process: ChildProcess;
  readonly #output: FunctionOutput;
  readonly #closed: Promise<unknown>;
  readonly #startedAt = performance.now();
  readonly #speed: number;
  readonly #isProfiled: boolean;
  readonly #group: CpuGroup | undefined;
  #limitsCpu = false;
  #state: 'starting' | 'ready' | 'ended' = 'starting';
  #initDurationMs: number | undefined;
  #unread: Message | undefined;
  #receive: ((message: Message) => void) | undefined;

  constructor(deployed: DeployedFunction, place: Place) {
    this.deployed = deployed;
    this.#speed = place.speed;
    const heap = heapOptions(deployed.memoryMb, place.variables);
    const profile = profileOptions(place.profileTo);
    this.#isProfiled = profile.length > 0;
    const child = spawn(process.execPath, [...heap, ...profile, BOOTSTRAP], {
      cwd: place.taskRoot,
      env: place.variables,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // Out of reach of the terminal's Ctrl-C; it ends when the IPC channel closes.
      detached: true,
    });
    this.#process = child;
    this.#group = child.pid === undefined ? undefined : place.cpu?.openGroup(child.pid);
    this.#output = new FunctionOutput([child.stdout, child.stderr] as Readable[], place.onLine);
    this.#closed = once(child, 'close').finally(() => this.#group?.remove());
    child.on('message', (message: Message) => this.#deliver(message));
    child.on('exit', (code, signal) => this.#deliver({ kind: 'exit', status: code ?? signal ?? 0 }));
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** False once the process has ended; make another one then. */
  get usable(): boolean {
    return this.#state !== 'ended';
  }

  /** Whether it has no more than the function's share of a core; the start of the process always has all it wants. */
  limitCpu(limits: boolean): void {
    this.#limitsCpu = limits;
    if (this.#state !== 'ready') return;
    // In a second of a clock that runs faster it gets as much done as in a second of Lambda's.
    this.#group?.limit(limits ? shareOf(this.deployed.memoryMb) * this.#speed : undefined);
  }

  /** Runs the handler. Ends the process if it exceeds the function's time or memory. */
  async invoke(invocation: { requestId: string; payload: string }): Promise<InvocationResult> {
    const { requestId } = invocation;
    this.#output.line(`START RequestId: ${requestId} Version: $LATEST`);
    const initFailure = this.#state === 'starting' ? await this.#initialize() : undefined;
    const startedAt = performance.now();
    const message = initFailure ?? (await this.#run(invocation));
    const durationMs = performance.now() - startedAt;
    const initDurationMs = this.#initDurationMs;
    this.#initDurationMs = undefined;
    const maxMemoryMb = residentMemory(this.#process.pid).peakMb;
    const cpu = this.#group?.takeUsage();
    await this.#settleOutput(message);
    const error = errorOf(message, requestId, this.deployed.timeoutMs);
    const report = { durationMs, initDurationMs, maxMemoryMb, cpu };
    if (error) this.#output.line(`ERROR ${JSON.stringify(error)}`);
    this.#output.line(`END RequestId: ${requestId}`);
    this.#output.line(reportLine(requestId, this.deployed.memoryMb, report));
    return {
      requestId,
      payload: message.kind === 'result' && !error ? message.payload : JSON.stringify(error),
      functionError: error && 'Unhandled',
      log: this.#output.take(),
      report,
    };
  }

  /** Ends the process, also in the middle of an invocation. */
  async stop(): Promise<void> {
    if (this.#isProfiled && this.#state === 'ready' && this.#process.connected) return this.#leave();
    this.#process.kill('SIGKILL');
    await this.#closed;
  }

  /** A profile is written when the process ends by itself. `close` does not come after our own disconnect. */
  async #leave(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.disconnect();
    await ended;
    this.#group?.remove();
  }

  async #initialize(): Promise<Message | undefined> {
    const message = await this.#nextMessage({ limitMs: INIT_LIMIT_MS });
    this.#initDurationMs = performance.now() - this.#startedAt;
    if (message.kind !== 'ready') return message.kind === 'error' ? { ...message, kind: 'crash' } : message;
    this.#state = 'ready';
    this.limitCpu(this.#limitsCpu);
    return undefined;
  }

  #run(invocation: { requestId: string; payload: string }): Promise<Message> {
    const { timeoutMs, memoryMb, arn: functionArn } = this.deployed;
    const limitMs = timeoutMs / this.#speed;
    const deadline = Date.now() + limitMs;
    const answered = this.#nextMessage({ limitMs, memoryMb });
    this.#process.send({ ...invocation, deadline, functionArn, traceId: `Root=1-${invocation.requestId}` });
    return answered;
  }

  /** The next thing that happens: a message, the end of the process, or of what it may use. */
  #nextMessage(limits: { limitMs: number; memoryMb?: number }): Promise<Message> {
    return new Promise((resolve) => {
      const { memoryMb } = limits;
      const timeout = setTimeout(() => this.#deliver({ kind: 'timeout' }), limits.limitMs);
      const memory = setInterval(() => {
        if (memoryMb !== undefined && residentMemory(this.#process.pid).nowMb > memoryMb) {
          this.#deliver({ kind: 'memory' });
        }
      }, MEMORY_CHECK_MS);
      this.#receive = (message) => {
        clearTimeout(timeout);
        clearInterval(memory);
        this.#receive = undefined;
        resolve(message);
      };
      if (this.#unread) this.#receive(this.#unread);
      this.#unread = undefined;
    });
  }

  #deliver(message: Message): void {
    const isEnd = message.kind !== 'ready' && message.kind !== 'result' && message.kind !== 'error';
    if (isEnd) this.#state = 'ended';
    if (this.#receive) this.#receive(message);
    else this.#unread ??= message;
  }

  async #settleOutput(message: Message): Promise<void> {
    if (message.kind === 'result' || message.kind === 'error') await this.#output.ended();
    else await this.stop();
  }
}
