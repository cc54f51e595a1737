import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../lib/foundation/common/input-error.ts';
import { DeploymentDue, RenewalDue } from '../../../lib/foundation/events/events.ts';
import { parseStart } from '../../../lib/scan/rules/trigger.ts';

describe('scan starts', () => {
  it.each([
    [{ start: 'hourly-check' }, { start: 'hourly-check', names: 'all' }],
    [{ start: 'weekly-sweep' }, { start: 'weekly-sweep', names: 'all' }],
    [{ start: 'plan' }, { start: 'plan', names: 'all' }],
    [
      { start: 'force', names: '*' },
      { start: 'force', names: 'all' },
    ],
    [
      { start: 'force', names: ['shop', 'blog'] },
      { start: 'force', names: ['shop', 'blog'] },
    ],
    [
      { start: 'force', names: ['shop', 'shop'] },
      { start: 'force', names: ['shop'] },
    ],
    [
      { start: 'force', names: ['shop'], ignoreBudget: true },
      { start: 'force', names: ['shop'], ignoreBudget: true },
    ],
    [
      { start: 'force', names: ['shop'], ignoreBudget: false },
      { start: 'force', names: ['shop'] },
    ],
    [
      {
        'detail-type': 'Object Created',
        source: 'aws.s3',
        detail: { bucket: { name: 'b' }, object: { key: 'renewal/shop.json', size: 1 } },
      },
      { start: 'file-changed', keys: ['renewal/shop.json'] },
    ],
  ])('with %j', (event, start) => {
    expect(parseStart(event)).toEqual(start);
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
    ['an unknown key', { start: 'plan', dryRun: true }, 'unknown key "dryRun"'],
    ['a budget to ignore in a plan', { start: 'plan', ignoreBudget: true }, 'unknown key "ignoreBudget"'],
    ['names for a plan', { start: 'plan', names: ['shop'] }, 'unknown key "names"'],
  ])('with no %s', (_, event, complaint) => {
    expect(() => parseStart(event)).toThrow(complaint);
    expect(() => parseStart(event)).toThrow(InputError);
  });

  it('or says in one line why not, whatever comes', () => {
    const start = fc.record(
      { start: fc.oneof(fc.constantFrom('force', 'plan'), fc.jsonValue()), names: fc.jsonValue() },
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
    ['more than it should say', { ...due, more: 1 }],
  ])('is refused with %s', (_, event) => {
    expect(RenewalDue.safeParse(due).success).toBe(true);
    expect(RenewalDue.safeParse(event).success).toBe(false);
  });

  it('is refused for hosts without names', () => {
    expect(DeploymentDue.safeParse({ group: 'web', reason: 'host-new', names: ['shop'] }).success).toBe(true);
    expect(DeploymentDue.safeParse({ group: 'web', reason: 'host-new', names: [] }).success).toBe(false);
  });
});
