import { describe, expect, it } from 'vitest';
import { chooseStack, type SeenStack } from '../../../cli/stack/choose-stack.ts';

const region = 'eu-west-1';
const whole = (name: string, status = 'UPDATE_COMPLETE'): SeenStack => ({
  name,
  status,
  outputs: { Bucket: `${name}-bucket` },
});

describe('chooseStack', () => {
  it.each([
    'CREATE_COMPLETE',
    'UPDATE_COMPLETE',
    'UPDATE_ROLLBACK_COMPLETE',
    'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
  ])('takes the stack of the stage when it is %s', (status) => {
    expect(chooseStack([whole('perennial-staging', status)], { stage: 'staging', region })).toEqual({
      name: 'perennial-staging',
      stage: 'staging',
      bucket: 'perennial-staging-bucket',
    });
  });

  it('refuses a stack of a newer release whose objects it would misread, and takes one without a format', () => {
    const newer = {
      ...whole('perennial-production'),
      outputs: { Bucket: 'b', Format: '2', Release: '2.0.0' },
    };
    expect(() => chooseStack([newer], { stage: undefined, region })).toThrow(
      /^the stack perennial-production: the bucket is of format 2, which release 2.0.0 wrote, .*; use release 2.0.0 or a newer one$/,
    );
    const same = { ...newer, outputs: { ...newer.outputs, Format: '1' } };
    expect(chooseStack([same], { stage: undefined, region }).bucket).toBe('b');
  });

  it('takes the only stack of the region without a stage, and no stack of others', () => {
    const seen = [whole('network'), whole('perennial-production'), whole('my-perennial-copy')];
    expect(chooseStack(seen, { stage: undefined, region }).stage).toBe('production');
  });

  it.each<[string, SeenStack[], string | undefined, string, RegExp]>([
    [
      'no stack at all',
      [],
      undefined,
      'no-stack',
      /^there is no stack perennial-<stage> in eu-west-1; say where it is with --region or AWS_REGION/,
    ],
    [
      'no such stage',
      [whole('perennial-production')],
      'staging',
      'no-stack',
      /no stack perennial-staging in eu-west-1/,
    ],
    ['a hostile stage', [], '<b>\n', 'no-stack', /^there is no stack perennial-<b>\\n in eu-west-1/],
    [
      'two stacks',
      [whole('perennial-staging'), whole('perennial-production')],
      undefined,
      'several-stacks',
      /^there are 2 stacks in eu-west-1; say which with --stage production or --stage staging$/,
    ],
    [
      'a deploy under way',
      [whole('perennial-p', 'UPDATE_IN_PROGRESS')],
      'p',
      'half-deployed',
      /is UPDATE_IN_PROGRESS; wait/,
    ],
    [
      'a failed first deploy',
      [whole('perennial-p', 'ROLLBACK_COMPLETE')],
      'p',
      'half-deployed',
      /see its events/,
    ],
    [
      'a failed deploy',
      [whole('perennial-p', 'UPDATE_ROLLBACK_FAILED')],
      'p',
      'half-deployed',
      /see its events/,
    ],
    [
      'a stack with only its deployment bucket',
      [{ name: 'perennial-p', status: 'CREATE_COMPLETE', outputs: {} }],
      'p',
      'half-deployed',
      /has no output Bucket/,
    ],
  ])('refuses %s in one line', (_, seen, stage, reason, message) => {
    const choose = () => chooseStack(seen, { stage, region });
    expect(choose).toThrow(expect.objectContaining({ reason, message: expect.stringMatching(message) }));
    expect(choose).toThrow(/^[^\n]+$/);
  });
});
