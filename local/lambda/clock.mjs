/**
 * The clock of a function's process: `LOCAL_CLOCK` is `{ offsetMs, speed }`. It is shifted by the offset, and runs
 * `speed` times as fast, timers included, so that a wait of minutes is over in seconds.
 */
import { createRequire, syncBuiltinESMExports } from 'node:module';

const { offsetMs, speed } = JSON.parse(process.env.LOCAL_CLOCK ?? '{"offsetMs":0,"speed":1}');
const RealDate = Date;
const startedAt = RealDate.now();

const now = () => startedAt + offsetMs + (RealDate.now() - startedAt) * speed;

/** Milliseconds until an instant of the machine's clock, as this process sees them pass. */
export const untilReal = (instant) => (instant - RealDate.now()) * speed;

if (offsetMs !== 0 || speed !== 1) {
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: () => new RealDate(now()).toString(),
    get: (target, property, receiver) => (property === 'now' ? now : Reflect.get(target, property, receiver)),
  });
}

if (speed !== 1) {
  const { setTimeout: callback, AbortSignal } = globalThis;
  const promises = createRequire(import.meta.url)('node:timers/promises');
  const { setTimeout: sleep } = promises;
  const { timeout } = AbortSignal;
  // A timer counts from the last turn of the event loop, up to a millisecond early by Date: here that would be `speed` of them.
  const machineMs = (ms) => (ms > 0 ? ms / speed + 1 : 0);
  globalThis.setTimeout = (run, ms = 0, ...rest) => callback(run, machineMs(ms), ...rest);
  promises.setTimeout = (ms = 0, ...rest) => sleep(machineMs(ms), ...rest);
  AbortSignal.timeout = (ms) => timeout.call(AbortSignal, Math.ceil(ms / speed));
  syncBuiltinESMExports();
}
