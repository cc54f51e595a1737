import { setTimeout as sleep } from 'node:timers/promises';
import type { ActionName } from './action.ts';
import type { AwsRequest, AwsResponse } from './request.ts';

/** What goes wrong with a matching request. */
export type FaultEffect =
  /** answered late, otherwise as usual */
  | { kind: 'delay'; ms: number }
  /** the connection closes; the request is never carried out */
  | { kind: 'drop-before' }
  /** the request is carried out, the connection closes without an answer */
  | { kind: 'drop-after' }
  /** this is the answer; the request is never carried out */
  | { kind: 'answer'; response: AwsResponse }
  /** carried out, and answered with what is made of the answer */
  | { kind: 'rewrite'; answer: (given: AwsResponse) => AwsResponse | Promise<AwsResponse> }
  /** carried out when `run` has ended, and not at all when that throws a DroppedConnectionError */
  | { kind: 'before'; run: (request: AwsRequest) => Promise<void> }
  /** carried out, and answered when `run` has ended; not answered when that throws a DroppedConnectionError */
  | { kind: 'after'; run: (request: AwsRequest) => Promise<void> };

export interface Fault {
  service?: string;
  action?: string;
  /** further conditions, on key, principal, body and so on */
  when?: (request: AwsRequest, name: ActionName) => boolean;
  /** 1 for the first matching request (the default); later ones in a row with `times` */
  nth?: number;
  /** how many matching requests in a row, from the nth on; 1 by default */
  times?: number;
  effect: FaultEffect;
}

/** A request whose connection closes without an answer. */
export class DroppedConnectionError extends Error {
  override name = 'DroppedConnectionError';
}

/** Faults to inject, in the order in which they were added; the first that matches applies. */
export class Faults {
  readonly #active: { fault: Fault; seen: number }[] = [];

  /** Returns a function that removes the fault and tells how often it applied. */
  add(fault: Fault): () => number {
    const entry = { fault, seen: 0 };
    this.#active.push(entry);
    return () => {
      const at = this.#active.indexOf(entry);
      if (at >= 0) this.#active.splice(at, 1);
      return timesApplied(entry);
    };
  }

  clear(): void {
    this.#active.length = 0;
  }

  /** Carries the request out with `answer`, unless a fault says otherwise. */
  async apply(
    request: AwsRequest,
    name: ActionName,
    answer: () => Promise<AwsResponse>,
  ): Promise<AwsResponse> {
    const effect = this.#effectFor(request, name);
    switch (effect?.kind) {
      case undefined:
        return answer();
      case 'delay':
        await sleep(effect.ms);
        return answer();
      case 'drop-before':
        throw new DroppedConnectionError(`${name.action}: dropped before it was carried out`);
      case 'drop-after':
        await answer();
        throw new DroppedConnectionError(`${name.action}: dropped after it was carried out`);
      case 'answer':
        return effect.response;
      case 'rewrite':
        return effect.answer(await answer());
      case 'before':
        await effect.run(request);
        return answer();
      case 'after':
        return answer().then(async (given) => {
          await effect.run(request);
          return given;
        });
    }
  }

  #effectFor(request: AwsRequest, name: ActionName): FaultEffect | undefined {
    for (const entry of this.#active) {
      if (!matches(entry.fault, request, name)) continue;
      entry.seen += 1;
      const { nth = 1, times = 1 } = entry.fault;
      if (entry.seen >= nth && entry.seen < nth + times) return entry.fault.effect;
    }
    return undefined;
  }
}

function matches(fault: Fault, request: AwsRequest, name: ActionName): boolean {
  return (
    (fault.service === undefined || fault.service === request.service) &&
    (fault.action === undefined || fault.action === name.action) &&
    (fault.when === undefined || fault.when(request, name))
  );
}

function timesApplied({ fault, seen }: { fault: Fault; seen: number }): number {
  const { nth = 1, times = 1 } = fault;
  return Math.max(0, Math.min(seen - nth + 1, times));
}
