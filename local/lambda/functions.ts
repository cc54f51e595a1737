import { randomUUID } from 'node:crypto';
import type { Connection, Forward } from '../gateway/request.ts';
import type { UnpackedCode } from './code.ts';
import { type DeployedFunction, functionName, functionNames, readFunction } from './deployed-function.ts';
import { ExecutionEnvironment } from './execution-environment.ts';
import { type FunctionClock, TRUE_CLOCK } from './function-clock.ts';
import type { InvocationResult } from './invocation.ts';
import type { CpuControl } from './share/cpu-control.ts';
import { socketOwner } from './socket-owner.ts';
import { functionVariables } from './variables.ts';

/** All of the function's reserved concurrency is in use, or all of the account's. */
export class ThrottledError extends Error {
  override name = 'ThrottledError';
}

export interface FunctionsOptions {
  forward: Forward;
  code: UnpackedCode;
  /** variables that every function gets on this machine, such as AWS_ENDPOINT_URL */
  variables: () => Record<string, string>;
  /** an access key with which calls are known to be a role's */
  accessKeyFor: (role: string) => string;
  /** with which functions can be given Lambda's share of a core */
  cpu?: CpuControl | undefined;
  onLine: (functionName: string, line: string) => void;
  onResult?: ((functionName: string, result: InvocationResult) => void) | undefined;
}

/** Runs deployed functions, each in processes of its own, which are kept for the next invocation. */
export class Functions {
  readonly #options: FunctionsOptions;
  readonly #deployed = new Map<string, Promise<DeployedFunction>>();
  readonly #idle = new Map<string, ExecutionEnvironment[]>();
  readonly #running = new Set<ExecutionEnvironment>();
  #generation = 0;
  #clock = TRUE_CLOCK;
  #limitsCpu = false;
  #profiled: { name: string; folder: string } | undefined;
  #accountConcurrency = Number.POSITIVE_INFINITY;

  constructor(options: FunctionsOptions) {
    this.#options = options;
  }

  /** How many invocations are under way. */
  get running(): number {
    return this.#running.size;
  }

  /** The function as deployed; throws FunctionUnavailableError. Accepts names and ARNs. */
  deployed(nameOrArn: string): Promise<DeployedFunction> {
    const name = functionName(nameOrArn);
    const known = this.#deployed.get(name);
    if (known) return known;
    const reading = readFunction(this.#options.forward, name);
    this.#deployed.set(name, reading);
    reading.catch(() => this.#deployed.delete(name));
    return reading;
  }

  /** Invokes and waits for the end. Throws FunctionUnavailableError or ThrottledError; never for what the function does. */
  async invoke(nameOrArn: string, payload: string): Promise<InvocationResult> {
    const deployed = await this.deployed(nameOrArn);
    const taskRoot = await this.#options.code.folderOf(deployed);
    if (this.#running.size >= this.#accountConcurrency)
      throw new ThrottledError(`all ${this.#accountConcurrency} executions of the account are in use`);
    const environment = this.#takeIdle(deployed.name) ?? this.#startEnvironment(deployed, taskRoot);
    const generation = this.#generation;
    this.#running.add(environment);
    try {
      const result = await environment.invoke({ requestId: randomUUID(), payload });
      this.#options.onResult?.(deployed.name, result);
      return result;
    } finally {
      this.#running.delete(environment);
      if (generation !== this.#generation) await environment.stop();
      else if (environment.usable) this.#keep(environment);
    }
  }

  /** Sets the clock of all processes that start from now on; those that are idle end. */
  async setClock(clock: FunctionClock): Promise<void> {
    this.#clock = clock;
    await this.forget();
  }

  /** Whether processes have only their functions' share of a core, those that are running too; needs `cpu`. */
  limitCpu(limits: boolean): void {
    this.#limitsCpu = limits;
    for (const environment of [...this.#running, ...[...this.#idle.values()].flat()])
      environment.limitCpu(limits);
  }

  /** The processes of a function that start from now on write a CPU profile into the folder when they end. */
  profile(profiled: { name: string; folder: string }): void {
    this.#profiled = profiled;
  }

  /** How many invocations the account may have at once: 10 in a new one; as many as there are here. */
  setAccountConcurrency(count: number): void {
    this.#accountConcurrency = count;
  }

  /** SIGKILL for the process that called over this connection, in the middle of its invocation. True when there was one. */
  async killCaller(connection: Connection | undefined): Promise<boolean> {
    if (connection === undefined) return false;
    const running = [...this.#running];
    const owner = await socketOwner(
      connection,
      running.flatMap(({ pid }) => pid ?? []),
    );
    const environment = running.find(({ pid }) => pid !== undefined && pid === owner);
    await environment?.stop();
    return environment !== undefined;
  }

  /** Forgets what is known: after a deployment the next invocation starts cold with what is deployed then. */
  async forget(): Promise<void> {
    this.#generation += 1;
    this.#deployed.clear();
    const idle = [...this.#idle.values()].flat();
    this.#idle.clear();
    await Promise.all(idle.map((environment) => environment.stop()));
  }

  /** Reads and unpacks all functions ahead of their first invocation, as AWS does while they are deployed. */
  async prepareAll(): Promise<void> {
    const names = await functionNames(this.#options.forward);
    await Promise.all(names.map(async (name) => this.#options.code.folderOf(await this.deployed(name))));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running].map((environment) => environment.stop()));
    await this.forget();
  }

  #takeIdle(name: string): ExecutionEnvironment | undefined {
    const idle = (this.#idle.get(name) ?? []).filter((environment) => environment.usable);
    const taken = idle.pop();
    this.#idle.set(name, idle);
    return taken;
  }

  #keep(environment: ExecutionEnvironment): void {
    const { name } = environment.deployed;
    this.#idle.set(name, [...(this.#idle.get(name) ?? []), environment]);
  }

  #startEnvironment(deployed: DeployedFunction, taskRoot: string): ExecutionEnvironment {
    const inUse = [...this.#running].filter((environment) => environment.deployed.name === deployed.name);
    if (deployed.reservedConcurrency !== undefined && inUse.length >= deployed.reservedConcurrency) {
      throw new ThrottledError(
        `all ${deployed.reservedConcurrency} reserved executions of ${deployed.name} are in use`,
      );
    }
    const accessKeyId = this.#options.accessKeyFor(deployed.role);
    const environment = new ExecutionEnvironment(deployed, {
      taskRoot,
      variables: functionVariables(deployed, { taskRoot, accessKeyId, local: this.#localVariables() }),
      speed: this.#clock.speed,
      cpu: this.#options.cpu,
      profileTo: this.#profiled?.name === deployed.name ? this.#profiled.folder : undefined,
      onLine: (line) => this.#options.onLine(deployed.name, line),
    });
    environment.limitCpu(this.#limitsCpu);
    return environment;
  }

  #localVariables(): Record<string, string> {
    const clock = this.#clock === TRUE_CLOCK ? {} : { LOCAL_CLOCK: JSON.stringify(this.#clock) };
    return { ...this.#options.variables(), ...clock };
  }
}
