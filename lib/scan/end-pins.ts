import type { ObjectStore } from '../foundation/bucket/object-store.ts';
import { pinKey } from '../foundation/certificate/object-keys.ts';
import type { StackEvent } from '../foundation/events/events.ts';
import type { Assessment } from './context.ts';

/** Removes the pins that have ended by themselves, unless somebody has written another meanwhile, and says why each ended. */
export async function endPins(
  store: Pick<ObjectStore, 'remove'>,
  assessments: readonly Assessment[],
  warn: (error: unknown) => void,
): Promise<StackEvent[]> {
  const events: StackEvent[] = [];
  for (const { planned, pinEnded } of assessments) {
    if (!pinEnded) continue;
    const { name } = planned;
    const { version, etag, why } = pinEnded;
    const message = `${why}, so the pin on it has ended`;
    // Told before it is removed: what is told twice harms nobody.
    events.push({ type: 'Certificate Pin Ended', detail: { name, version, reason: 'pin-ended', message } });
    await store.remove(pinKey(name), { etag }).catch(warn);
  }
  return events;
}
