import type { ObjectStore } from '../foundation/bucket/object-store.ts';
import { pinKey } from '../foundation/certificate/object-keys.ts';
import type { StackEvent } from '../foundation/events/events.ts';
import type { Assessment } from './context.ts';

/** Says of each pin that has ended by itself why. */
export function pinsEnded(assessments: readonly Assessment[]): StackEvent[] {
  return assessments.flatMap(({ planned: { name }, pinEnded }): StackEvent[] => {
    if (!pinEnded) return [];
    const { version, why } = pinEnded;
    const message = `${why}, so the pin on it has ended`;
    return [{ type: 'Certificate Pin Ended', detail: { name, version, reason: 'pin-ended', message } }];
  });
}

/** Removes those pins, once they are told of, unless somebody has written another meanwhile. */
export async function removeEndedPins(
  store: Pick<ObjectStore, 'remove'>,
  assessments: readonly Assessment[],
  warn: (error: unknown) => void,
): Promise<void> {
  for (const { planned, pinEnded } of assessments)
    if (pinEnded) await store.remove(pinKey(planned.name), { etag: pinEnded.etag }).catch(warn);
}
