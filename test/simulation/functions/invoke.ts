import { MINUTE } from '../engine/durations.ts';
import type { Invocation } from '../engine/invocation.ts';
import type { Services } from './deps.ts';
import { FUNCTIONS, type FunctionName } from './functions.ts';
import type { Ending, Lambda } from './lambda.ts';

export interface HowInvoked {
  /** How often it is run again where it fails: Lambda does twice what is invoked asynchronously. */
  retries?: number;
  /** Hears of the first run. */
  ended?: (ending: Ending, invocation: Invocation) => void;
}

export function invokeOn(
  world: Services & { lambda: Lambda },
  name: FunctionName,
  event: unknown,
  { retries = 0, ended }: HowInvoked,
): void {
  const { limitMs, step } = FUNCTIONS[name];
  world.lambda.begin({
    functionName: name,
    limitMs,
    about: JSON.stringify(event).slice(0, 300),
    event,
    step: (invocation) => step(event, invocation, world),
    ended: (ending, invocation) => {
      if (ending.how !== 'ended' && retries > 0)
        world.scheduler.after(MINUTE, `${name} again`, () =>
          invokeOn(world, name, event, { retries: retries - 1 }),
        );
      ended?.(ending, invocation);
    },
  });
}
