import { Calls } from '../../simulation/engine/calls.ts';
import { Faults } from '../../simulation/engine/faults.ts';
import { Invocation } from '../../simulation/engine/invocation.ts';
import { Streams } from '../../simulation/engine/random.ts';
import { Scheduler } from '../../simulation/engine/scheduler.ts';
import { Trace } from '../../simulation/engine/trace.ts';

/** A world without faults. */
export function quietWorld() {
  const streams = new Streams(1n);
  const scheduler = new Scheduler(Date.parse('2026-11-20T00:00:00Z'));
  const faults = new Faults(streams, { heaviness: 'none' });
  const trace = new Trace(() => scheduler.now);
  const random = streams.of('calls');
  const calls = new Calls({ scheduler, faults, trace, random, isDown: () => false, kill: () => {} });
  return { scheduler, faults, random, calls, invocation: new Invocation('test', 'test', 0) };
}

/** A port of which every call lets its own time pass. */
export function passingTime<Port extends object>(port: Port, scheduler: Scheduler): Port {
  const calls = Object.entries(port).map(([name, call]) => {
    const passing = (...given: unknown[]) => {
      const answer = call(...given);
      void scheduler.runUntil(scheduler.now + 10_000);
      return answer;
    };
    return [name, passing];
  });
  return Object.fromEntries(calls);
}
