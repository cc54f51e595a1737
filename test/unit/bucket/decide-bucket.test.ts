import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import {
  type BucketFacts,
  decideBucket,
  type SeenBucket,
} from '../../../resources/bucket/rules/decide-bucket.ts';

const bucketPolicy = createRequire(import.meta.url)('../../../resources/bucket-policy.cjs');

const NAME = 'perennial-kept';
const LEFT: SeenBucket = {
  region: 'eu-central-1',
  tops: ['accounts/', 'index.json', 'live/', 'renewal/'],
  statements: ['OnlyOverTls', 'AccountsOfTheStack', 'ClaimsAndAsideOfTheStack', 'KeysOfOtherGroups12'],
};
const stack = { name: 'perennial-production', region: 'eu-central-1' };
const KEY = 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const facts: BucketFacts = { release: '1.2.3', wanted: NAME, kmsKeyArn: '', stack, found: LEFT, usedBy: [] };
const decide = (more: Partial<BucketFacts>) => decideBucket({ ...facts, ...more });
const deployed = (bucket: string | undefined, isOwn: boolean) => ({
  ...stack,
  seen: { ...(bucket !== undefined && { bucket }), owns: { bucket: isOwn, policy: true } },
});

describe('without params.bucket', () => {
  it.each([
    ['a first deploy', stack],
    ['a stack with a bucket of its own', deployed('own', true)],
    ['a stack whose first deploy did not end', deployed(undefined, false)],
  ])('%s has its own', (_, of) => {
    expect(decide({ wanted: '', found: undefined, stack: of })).toEqual({ action: 'own' });
  });

  it.each([
    ['the key of before is given', KEY, KEY, 'own'],
    ['it gets a key', undefined, KEY, 'own'],
    ['its key is given no more', KEY, '', 'refuse'],
    ['its key is replaced', KEY, KEY.replace('1234abcd', 'abcd1234'), 'refuse'],
  ])('where %s: %s, now %s: %s', (_, kmsKey, kmsKeyArn, action) => {
    const of = deployed('own', true);
    const seen = { ...of.seen, ...(kmsKey && { kmsKey }) };
    expect(decide({ wanted: '', kmsKeyArn, found: undefined, stack: { ...of, seen } }).action).toBe(action);
  });

  it('a stack that took one over is refused: the new one would be empty', () => {
    expect(decide({ wanted: '', found: undefined, stack: deployed(NAME, false) })).toEqual({
      action: 'refuse',
      complaint: `the stack perennial-production uses the bucket ${NAME}, which params.bucket does not name any more, and a new one would have no certificate; set it in settings.yml, or with --param="bucket=${NAME}"`,
    });
  });
});

describe('a bucket is taken over', () => {
  const { statements: _, ...withoutPolicy } = LEFT;

  it.each<[string, Partial<BucketFacts>, boolean]>([
    ['that a removed stack left, without the policy that it left too', {}, true],
    ['that a stack of an earlier version left, which kept no policy', { found: withoutPolicy }, false],
    ['that is empty', { found: { region: 'eu-central-1', tops: [] } }, false],
    ['again at the next deploy, with the policy that the stack has', { stack: deployed(NAME, false) }, false],
    ['that was the stack’s own', { stack: deployed(NAME, true), usedBy: [stack.name] }, false],
    ['in the place of another', { stack: deployed('another', false) }, true],
    ['that the same stack made', { found: { ...LEFT, madeBy: stack.name } }, true],
    ['with the KMS key of before', { found: { ...LEFT, kmsKey: KEY }, kmsKeyArn: KEY }, true],
    ['with that key by its id', { found: { ...LEFT, kmsKey: KEY.slice(-36) }, kmsKeyArn: KEY }, true],
    ['that gets a KMS key', { kmsKeyArn: KEY }, true],
  ])('%s', (_title, more, removePolicy) => {
    expect(decide(more)).toEqual({ action: 'take-over', removePolicy });
  });
});

it('the policy of a stack with hosts in two accounts is known, statement by statement', async () => {
  const role = (account: string) => `arn:aws:iam::${account}:role/hosts`;
  const hostRoles = { web: [role('123456789012'), role('210987654321')], '*': [role('333333333333')] };
  const made = await bucketPolicy({ resolveVariable: async () => JSON.stringify(hostRoles) });
  const { Statement } = made.Resources.BucketPolicy.Properties.PolicyDocument;
  const statements = Statement.map(({ Sid }: { Sid: string }) => Sid);
  expect(decide({ found: { ...LEFT, statements } })).toEqual({ action: 'take-over', removePolicy: true });
});

describe('a bucket is refused', () => {
  it.each<[string, Partial<BucketFacts>, string]>([
    [
      'that a newer release has written to',
      { found: { ...LEFT, marker: { format: 99, release: '9.0.0' } } },
      'format.json: the bucket is of format 99, which release 9.0.0 wrote, and release 1.2.3 reads formats up to 1; use release 9.0.0',
    ],
    [
      'whose stack is of a newer release',
      {
        wanted: '',
        found: undefined,
        stack: {
          ...stack,
          seen: { owns: { bucket: true, policy: true }, marker: { format: 99, release: '9.0.0' } },
        },
      },
      'the stack perennial-production: the bucket is of format 99',
    ],
    ['that is not there', { found: 'missing' }, 'there is no such bucket'],
    ['of another account', { found: 'forbidden' }, 'belongs to another account'],
    [
      'of another region',
      { found: { ...LEFT, region: 'eu-west-1' } },
      'it is in eu-west-1, and the stack goes to eu-central-1; deploy with --region eu-west-1',
    ],
    [
      'of another stage',
      { usedBy: ['perennial-staging'] },
      'it belongs to the stack perennial-staging, which is still there',
    ],
    ['of another stack', { found: { ...LEFT, madeBy: 'website' } }, 'it belongs to the stack website'],
    [
      'whose KMS key is not given',
      { found: { ...LEFT, kmsKey: KEY } },
      `its objects are encrypted with the KMS key ${KEY}, so the stack could not read them; set kmsKeyArn to it`,
    ],
    [
      'whose KMS key is another',
      { found: { ...LEFT, kmsKey: KEY }, kmsKeyArn: KEY.replace('1234abcd', 'abcd1234') },
      'encrypted with the KMS key',
    ],
    [
      'of something else',
      { found: { region: 'eu-central-1', tops: ['index.html', 'img/'] } },
      'it holds index.html, img/ and nothing of Perennial',
    ],
    [
      'with a policy of somebody else',
      { found: { ...LEFT, statements: ['OnlyOverTls', 'PublicRead'] } },
      "a bucket policy that is not Perennial's (PublicRead)",
    ],
  ])('%s', (_, more, complaint) => {
    const decision = decide(more);
    expect(decision).toEqual({ action: 'refuse', complaint: expect.stringContaining(complaint) });
    expect(JSON.stringify(decision)).not.toContain('\\n');
  });
});
