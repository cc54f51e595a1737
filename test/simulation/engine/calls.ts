import type { Faults, Port } from './faults.ts';
import { type Invocation, never } from './invocation.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { Trace } from './trace.ts';

export interface Call<T> {
  port: Port;
  /** Which of several services behind the port. */
  at?: string;
  /** For the trace, with the arguments that tell it from others. */
  what: string;
  /** What the service does, at one instant; its error is the answer. */
  effect: () => T;
  /** The port's own error for a service that does not answer. */
  trouble: (random: Random) => Error;
  /** On average. */
  latencyMs: number;
}

interface Parts {
  scheduler: Scheduler;
  faults: Faults;
  trace: Trace;
  random: Random;
  /** Whether the whole service is down now. */
  isDown: (port: Port, at: string | undefined) => boolean;
  /** Ends a task at a call. */
  kill: (invocation: Invocation, why: string) => void;
}

/** Every call of a port goes through here: it takes its time, and may fail, be lost, be late, or be the last of its task. */
export class Calls {
  readonly #parts: Parts;
  made = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  make<T>(invocation: Invocation, call: Call<T>): Promise<T> {
    if (!invocation.isAlive) return never();
    const { scheduler, faults, random } = this.#parts;
    this.made += 1;
    invocation.calls += 1;
    const latency = call.latencyMs * (0.5 + random.fraction());
    const fate = faults.fateOf(call.port);
    return new Promise<T>((resolve, reject) => {
      const carryOut = () => this.#carryOut(invocation, call, { fate, resolve, reject });
      scheduler.after(latency, call.what, carryOut);
    });
  }

  #carryOut<T>(
    invocation: Invocation,
    call: Call<T>,
    answer: { fate: string; resolve: (value: T) => void; reject: (error: unknown) => void },
  ): void {
    const { scheduler, faults, random, trace, kill, isDown } = this.#parts;
    const { fate, resolve, reject } = answer;
    const { port, at, what } = call;
    if (!invocation.isAlive && random.chance(0.5)) return;
    if (invocation.isAlive && (fate === 'fails' || isDown(port, at))) {
      this.hit(invocation, fate === 'fails' ? `${port}.fails` : `${port}.down`, what);
      scheduler.after(random.spread(20, 10_000), what, () => {
        if (invocation.isAlive) reject(call.trouble(random));
      });
      return;
    }
    if (fate === 'crash' && random.chance(0.5)) {
      this.hit(invocation, `${port}.crash`, `before ${what}`);
      kill(invocation, `before ${what}`);
      return;
    }
    let outcome: { value: T } | { error: unknown };
    // What happened meanwhile is nothing of this call.
    faults.takeMet();
    try {
      outcome = { value: call.effect() };
    } catch (error) {
      outcome = { error };
    }
    invocation.met.push(...faults.takeMet());
    trace.note(
      `${invocation.id} ${what}${'error' in outcome ? ` ! ${(outcome.error as Error).message}` : ''}`,
    );
    const tell = () => {
      if (!invocation.isAlive) return;
      if ('error' in outcome) reject(outcome.error);
      else resolve(outcome.value);
    };
    if (fate === 'goes-well' || !invocation.isAlive) {
      tell();
      return;
    }
    this.hit(invocation, `${port}.${fate}`, what);
    if (fate === 'crash') kill(invocation, `after ${what}`);
    else if (fate === 'late') scheduler.after(random.spread(1_000, 120_000), what, tell);
    else
      scheduler.after(random.spread(1_000, 30_000), what, () => {
        if (invocation.isAlive) reject(call.trouble(random));
      });
  }

  hit(invocation: Invocation, site: string, what: string): void {
    invocation.hits.push(site);
    this.#parts.trace.met(`fault ${site}`);
    this.#parts.trace.note(`${invocation.id} fault ${site} at ${what}`);
  }
}
