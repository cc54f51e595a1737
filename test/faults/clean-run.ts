import { TRUE_CLOCK } from '../../local/lambda/function-clock.ts';
import type { World } from './world.ts';

/** The clean run after the fault: the next check, when claims are over and what was remembered may be tried again. */
export async function heal(world: World): Promise<void> {
  world.clearFaults();
  await world.ca.setOutage(undefined);
  world.expireLeases();
  const states = await Promise.all(world.subjects.map((subject) => world.state(subject)));
  const waits = states.map((state) => Date.parse(state?.notBefore ?? '') || 0);
  const offsetMs = Math.max(0, Math.max(...waits) - Date.now() + 60_000);
  const { cloud } = world.line;
  await cloud.setFunctionClock(offsetMs > 60_000 ? { offsetMs, speed: 1 } : TRUE_CLOCK);
  await world.scan();
  world.expireLeases();
  await world.scan();
}

/** Takes away what the row put and what was remembered of the CA, so that the next one sees only its own. */
export async function end(world: World): Promise<void> {
  await world.line.cloud.setFunctionClock(TRUE_CLOCK);
  for (const { name } of world.subjects) {
    for (const key of [`renewal/${name}.json`, `state/${name}.json`, `live/${name}.json`])
      await world.line.remove(key);
  }
  for (const key of await world.line.keys('limits/')) await world.line.remove(key);
}
