import { expect, it } from 'vitest';
import { checkMarks } from '../../simulation/checks/end-mark-checks.ts';
import { World } from '../../simulation/world/world.ts';

const START = Date.parse('2026-11-20T00:00:00Z');
const AT = '2026-11-19T00:00:00Z';
const kept = (state: object) => ({ 'state/cert1.json': { failures: 0, ...state } });
const imported = (outcome: string) => ({
  'acm/cert1.json': { name: 'cert1', imports: [{ region: 'us-east-1', outcome, version: 'v', at: AT }] },
});
const OLD = { at: '2026-11-10T00:00:00Z', reason: 'store-unavailable', message: '' };
const FAILED = { failures: 2, lastFailure: { at: AT, reason: 'dns-unavailable', message: '' } };

it.each<[string, object, string[]]>([
  ['a failure', kept(FAILED), ['no failure remembered']],
  ['a failed repair', kept({ repairs: { 'left-open': FAILED } }), ['no failed repair remembered']],
  ['a removal that waits for the next sweep', kept({ repairs: { outlived: FAILED } }), []],
  [
    'a removal that failed long ago',
    kept({ repairs: { outlived: { failures: 2, lastFailure: OLD } } }),
    ['no failed repair remembered'],
  ],
  ['a wait', kept({ held: { action: 'wait', reason: 'ca-limited', message: '' } }), ['nothing held']],
  ['what the CA suggests', kept({ suggested: { certId: 'a', at: AT } }), []],
  ['a claim of a region', imported('importing'), ['no region claimed']],
  ['an import', imported('imported'), []],
  ['a spoilt state', { 'state/cert1.json': 'spoilt' }, []],
])('at the end %s is left', (_, objects, broken) => {
  const world = new World({ seed: 1n, start: START, heaviness: 'none' });
  world.write('cert1', { names: ['s1.alpha.com'] });
  for (const [key, value] of Object.entries(objects)) world.bucket.put(key, JSON.stringify(value), 'renew');
  const found: string[] = [];
  checkMarks(
    world,
    () => false,
    (check) => found.push(check),
  );
  expect(found).toEqual(broken);
  found.length = 0;
  checkMarks(
    world,
    () => true,
    (check) => found.push(check),
  );
  const held = ['no failure remembered', 'nothing held'];
  expect(found).toEqual(broken.filter((check) => !held.includes(check)));
});

it('at the end no dead letter is left, and those that were there when the faults stopped were sent again', () => {
  const world = new World({ seed: 1n, start: START, heaviness: 'none' });
  const found: string[] = [];
  const look = () =>
    checkMarks(
      world,
      () => false,
      (check) => found.push(check),
    );
  world.queues.renew.dead.push({ body: {}, sent: START, received: 5 });
  look();
  expect(found).toEqual(['no dead letter']);
  world.stopFaults();
  look();
  expect(found).toEqual(['no dead letter']);
});
