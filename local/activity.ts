import type { EventBuses } from './events/event-buses.ts';
import type { AsyncInvocations } from './lambda/async-invocations.ts';
import type { Functions } from './lambda/functions.ts';
import type { Queues } from './queues/queues.ts';

interface Parts {
  functions: Functions;
  asyncInvocations: AsyncInvocations;
  buses: EventBuses;
  queues: Queues;
}

/** What is still going on, in words such as `2 functions running`; empty when nothing is. */
export async function activityOf(parts: Parts): Promise<string[]> {
  const going = goingOn(parts);
  if (going.length > 0) return going;
  const depth = await parts.queues.depth();
  return depth > 0 ? [`messages in mapped queues: ${depth}`] : goingOn(parts);
}

function goingOn({ functions, asyncInvocations, buses, queues }: Parts): string[] {
  return Object.entries({
    'functions running': functions.running,
    'asynchronous invocations not finished': asyncInvocations.pending,
    'events on their way': buses.pending,
    'batches with functions': queues.inFlight,
  })
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${what}: ${count}`);
}
