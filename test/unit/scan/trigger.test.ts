import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../lib/foundation/common/input-error.ts';
import { DeploymentDue, ImportDue, RenewalDue } from '../../../lib/foundation/events/events.ts';
import { ObjectCreated, parseStart, type Start, startOfFiles } from '../../../lib/scan/rules/trigger.ts';

describe('scan starts', () => {
  /** A start that does nothing but look. */
  const LOOKS = { looksClosely: false, dryRun: false, forced: false, ignoreBudget: false, asksCa: false };
  const changed = (key: string) => ({
    'detail-type': 'Object Created',
    source: 'aws.s3',
    detail: { bucket: { name: 'b' }, object: { key, size: 1 } },
  });
  const shop = [{ name: 'shop' }];

  it.each<[object, Partial<Start>]>([
    [{ start: 'hourly-check' }, { names: 'all', asksCa: true }],
    [{ start: 'weekly-sweep' }, { names: 'all', asksCa: true, looksClosely: true }],
    [{ start: 'plan' }, { names: 'all', looksClosely: true, dryRun: true }],
    [
      { start: 'plan', names: ['shop'], forced: true },
      { names: [{ name: 'shop' }], looksClosely: true, dryRun: true, forced: true },
    ],
    [{ start: 'check', names: ['shop', 'shop'] }, { names: shop }],
    [
      { start: 'force', names: '*' },
      { names: 'all', forced: true },
    ],
    [
      { start: 'force', names: ['shop', 'blog'] },
      { names: [...shop, { name: 'blog' }], forced: true },
    ],
    [
      { start: 'force', names: ['shop', 'shop'] },
      { names: shop, forced: true },
    ],
    [
      { start: 'force', names: ['shop'], ignoreBudget: true },
      { names: shop, forced: true, ignoreBudget: true },
    ],
    [
      { start: 'force', names: ['shop'], ignoreBudget: false },
      { names: shop, forced: true },
    ],
    [changed('renewal/shop.json'), { start: 'file-changed', names: shop }],
    [changed('renewal/shop.json.json'), { start: 'file-changed', names: [{ name: 'shop.json' }] }],
  ])('with %j', (event, start) => {
    expect(parseStart(event)).toEqual({
      ...LOOKS,
      ...('start' in event && { start: event.start }),
      ...start,
    });
  });

  it('with files that changed together, each once', () => {
    const events = ['renewal/shop.json', 'renewal/blog.json', 'renewal/shop.json', 'renewal/x'].map(changed);
    const { names, ...start } = startOfFiles(events.map((event) => ObjectCreated.parse(event)));
    expect(start).toEqual({ start: 'file-changed', ...LOOKS });
    expect(names).toMatchObject([...shop, { name: 'blog' }, { rejected: 'x' }]);
  });

  it.each([
    ['renewal/.DS_Store', '.DS_Store', 'bad-key'],
    ['renewal/team-a/shop.json', 'team-a/shop', 'bad-lineage-name'],
    ['renewal/../live/shop.json', '../live/shop', 'bad-lineage-name'],
    ['renewal/sh\nop.json', 'sh\nop', 'bad-lineage-name'],
    ['live/shop.json', 'p', 'bad-key'],
  ])('with the changed file %j, which is no renewal file', (key, rejected, reason) => {
    const error = expect.objectContaining({ reason });
    const names = [{ rejected, key, error }];
    expect(parseStart(changed(key))).toEqual({ start: 'file-changed', names, ...LOOKS });
  });

  it.each([
    ['nothing', undefined, 'event: has no "start"'],
    ['null', null, 'event: has no "start"'],
    ['text', 'force', 'event: has no "start"'],
    ['an empty event', {}, 'give one of events/*.json'],
    ['another event', { 'detail-type': 'Object Deleted', detail: {} }, 'has no "start"'],
    ['an unknown start', { start: 'now' }, 'event: start'],
    ['force without names', { start: 'force' }, 'force needs "names"'],
    ['force of no names', { start: 'force', names: [] }, 'force needs "names"'],
    ['force of one name that is no list', { start: 'force', names: 'shop' }, 'force needs "names"'],
    ['force of a wildcard', { start: 'force', names: ['*.example.com'] }, 'names[0]: may hold only'],
    ['force of a path', { start: 'force', names: ['../x'] }, 'names[0]: may hold only'],
    ['check without names', { start: 'check' }, 'event: names: is missing'],
    ['check of no names', { start: 'check', names: [] }, 'check needs "names"'],
    ['check of all', { start: 'check', names: '*' }, 'names: must be of type array'],
    ['check of a path', { start: 'check', names: ['../x'] }, 'names[0]: may hold only'],
    ['a budget to ignore in a check', { start: 'check', names: ['x'], ignoreBudget: true }, 'unknown key'],
    ['an unknown key', { start: 'plan', dryRun: true }, 'unknown key "dryRun"'],
    ['a budget to ignore in a sweep', { start: 'weekly-sweep', ignoreBudget: true }, 'unknown key'],
    ['no names for a plan', { start: 'plan', names: [] }, 'plan needs "names"'],
    ['a path for a plan', { start: 'plan', names: ['../x'] }, 'event: names'],
  ])('with no %s', (_, event, complaint) => {
    expect(() => parseStart(event)).toThrow(complaint);
    expect(() => parseStart(event)).toThrow(InputError);
  });

  it('or says in one line why not, whatever comes', () => {
    const start = fc.record(
      { start: fc.oneof(fc.constantFrom('force', 'check', 'plan'), fc.jsonValue()), names: fc.jsonValue() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.jsonValue(), start), (event) => {
        try {
          parseStart(event);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          expect((error as Error).message).toMatch(/^event: [\x20-\x7e]+$/);
        }
      }),
    );
  });
});

describe('work that is due', () => {
  const certificate = { name: 'shop', reason: 'forced', replacing: null };
  const due = { ca: 'https://ca.test', zoneIds: ['Z1'], certificates: [certificate] };

  it.each([
    ['no certificates', { ...due, certificates: [] }],
    ['51 certificates', { ...due, certificates: Array.from({ length: 51 }, () => certificate) }],
    ['a path for a name', { ...due, certificates: [{ ...certificate, name: '../x' }] }],
    ['no version that it replaces', { ...due, certificates: [{ ...certificate, replacing: 'v1' }] }],
  ])('is refused with %s', (_, event) => {
    expect(RenewalDue.safeParse(due).success).toBe(true);
    expect(RenewalDue.safeParse(event).success).toBe(false);
  });

  it('is taken from a newer version, which says more', () => {
    const certificates = [{ ...certificate, more: 1 }];
    expect(RenewalDue.parse({ ...due, more: 1, certificates })).toEqual(due);
    expect(ImportDue.parse({ names: ['shop'], more: 1 })).toEqual({ names: ['shop'] });
    const deployment = { group: 'web', reason: 'host-new', names: ['shop'] };
    expect(DeploymentDue.parse({ ...deployment, more: 1 })).toEqual(deployment);
  });

  it('is refused for hosts without names', () => {
    expect(DeploymentDue.safeParse({ group: 'web', reason: 'host-new', names: ['shop'] }).success).toBe(true);
    expect(DeploymentDue.safeParse({ group: 'web', reason: 'host-new', names: [] }).success).toBe(false);
  });
});
