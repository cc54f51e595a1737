import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../hosts/host.ts';
import type { Command, Invocation, Status, StatusDetails } from './command.ts';
import { environmentOf, readySteps } from './document.ts';

const OUTPUT_CHARACTERS = 24_000;
const LOOK_EVERY_MS = 50;

export type Ending = [status: Status, details: StatusDetails];

/** Waits until the host takes the command; false when it was cancelled or the time is over. */
export async function deliver(host: Host, limitMs: number, signal: AbortSignal): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  while (!host.online && !signal.aborted && performance.now() < deadline) await sleep(LOOK_EVERY_MS);
  return host.online && !signal.aborted;
}

/** Runs the command's steps on the host, one after the other, until one fails. */
export async function runSteps(command: Command, invocation: Invocation, host: Host): Promise<Ending> {
  const env = environmentOf(command.document, command.parameters);
  const { signal } = invocation.cancel;
  for (const { name, script, limitMs } of readySteps(command.document, command.parameters)) {
    const result = await host.run({ script, env, limitMs, signal });
    invocation.steps.push({
      name,
      exitCode: result.exitCode ?? -1,
      stdout: result.stdout.slice(0, OUTPUT_CHARACTERS),
      stderr: result.stderr.slice(0, OUTPUT_CHARACTERS),
    });
    if (signal.aborted) return ['Cancelled', 'Cancelled'];
    if (result.timedOut) return ['TimedOut', 'ExecutionTimedOut'];
    if (result.exitCode !== 0) return ['Failed', 'Failed'];
  }
  return ['Success', 'Success'];
}
