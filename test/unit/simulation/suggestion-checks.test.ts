import { beforeEach, describe, expect, it } from 'vitest';
import { archiveKey, liveKey } from '../../../lib/foundation/certificate/object-keys.ts';
import type { StackEvent } from '../../../lib/foundation/events/events.ts';
import { pointerOf } from '../../fakes/pointers.ts';
import { Breaches } from '../../simulation/checks/broken.ts';
import { Opportunities } from '../../simulation/checks/opportunities.ts';
import { checkSuggestions, INSIDE, OUTSIDE } from '../../simulation/checks/suggestion-checks.ts';
import { DAY, HOUR } from '../../simulation/engine/durations.ts';
import type { IssuedCertificate } from '../../simulation/services/ca-records.ts';
import { leavesOf } from '../../simulation/world/stored.ts';
import { World } from '../../simulation/world/world.ts';

const START = Date.parse('2026-11-20T00:00:00Z');
const NAME = 'shop';
const LIFE = 90 * DAY;
/** 43 hours wide, in the middle of the last third. */
const [OPENS, CLOSES] = [60 * DAY - LIFE / 100, 60 * DAY + LIFE / 100];
let world: World;
let breaches: Breaches;
let judge: () => void;

beforeEach(() => {
  world = new World({ seed: 1n, start: START, heaviness: 'none' });
  breaches = new Breaches(world.trace, () => world.scheduler.now);
  ({ judge } = checkSuggestions({ world, breaches, opportunities: new Opportunities(world) }));
  world.write(NAME, { names: ['shop.alpha.com'] });
});

/** The versions of a certificate that is renewed so long after it was issued, each in turn. */
function renew(ages: readonly number[], { reason = 'suggested-window', more = {} } = {}): void {
  let at = START;
  for (const [index, age] of [0, ...ages].entries()) {
    at += age;
    const version = `20261120T000000Z-${String(index).padStart(6, '0')}`;
    const issued = { certId: version, notBefore: at, notAfter: at + LIFE, issuedAt: at, ...more };
    leavesOf(world).set(version, issued as IssuedCertificate);
    world.bucket.put(archiveKey(NAME, version, 'fullchain'), version, 'renew');
    const pointer = { ...pointerOf(new Date(at + LIFE), 90), version };
    world.bucket.put(liveKey(NAME), JSON.stringify(pointer), 'renew');
    const fact = { type: 'Certificate Renewed', detail: { name: NAME, version, reason } };
    for (const hear of world.bus.onFact) hear(fact as StackEvent);
  }
  judge();
}

const agesOf = (all: number, outside: number) =>
  Array.from({ length: all }, (_, index) => (index < outside ? CLOSES + HOUR : OPENS));
const counted = () => [INSIDE, OUTSIDE].map((what) => world.trace.counts.get(what) ?? 0);
const broken = () => [...breaches.first.keys()];

describe('renewals for age', () => {
  it.each([
    ['as it opens', OPENS, [1, 0]],
    ['as it closes', CLOSES, [1, 0]],
    ['before it', OPENS - HOUR, [0, 1]],
    ['after it', CLOSES + HOUR, [0, 1]],
  ])('are inside the window that the CA suggests, or not: %s', (_, age, expected) => {
    renew([age]);
    expect(counted()).toEqual(expected);
  });

  it('are inside it nine times of ten', () => {
    renew(agesOf(60, 6));
    expect(broken()).toEqual([]);
    expect(counted()).toEqual([54, 6]);
  });

  it('break the run where one more is outside', () => {
    renew(agesOf(60, 7));
    expect(broken()).toEqual(['end: renewed when the CA suggests']);
  });

  it('are too few for a share', () => {
    renew(agesOf(49, 49));
    expect(broken()).toEqual([]);
  });

  it.each<[string, () => void]>([
    ['for another reason', () => renew([CLOSES + HOUR], { reason: 'forced' })],
    [
      'of a window that the CA moved',
      () => renew([CLOSES + HOUR], { more: { window: { start: 0, end: 1 } } }),
    ],
    [
      'at the time that the file asks for',
      () => {
        world.write(NAME, { names: ['shop.alpha.com'], renewBeforeDays: 10 });
        renew([CLOSES + HOUR]);
      },
    ],
    [
      'with something in the way while the window was open',
      () => {
        for (const hear of world.onObstacle)
          hear({ what: 'zone alpha.com', from: START + OPENS, until: START + OPENS + 1 });
        renew([CLOSES + HOUR]);
      },
    ],
    [
      'of what was changed after it opened',
      () => {
        world.wantedSince.set(NAME, START + OPENS + 1);
        renew([CLOSES + HOUR]);
      },
    ],
  ])('are left out: %s', (_, happen) => {
    happen();
    expect(counted()).toEqual([0, 0]);
  });
});
