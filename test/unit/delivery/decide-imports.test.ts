import { describe, expect, it } from 'vitest';
import { type AcmImport, decideImports } from '../../../lib/delivery/acm/rules/decide-imports.ts';
import { AcmWanted } from '../../../lib/foundation/certificate/renewal-file.ts';

const region = (name: string) => ({ region: name });
const complaint = (wanted: unknown) => AcmWanted.safeParse(wanted).error?.issues[0]?.message;

describe('the regions of a renewal file', () => {
  it.each(['us-east-1', 'eu-central-2', 'us-gov-west-1', 'eusc-de-east-1', 'il-central-1', 'mx-central-1'])(
    'may be %s',
    (name) => expect(complaint([region(name)])).toBeUndefined(),
  );

  it.each([
    '',
    'us-esat-1',
    'useast1',
    'US-EAST-1',
    'us-east-1a',
    'us-east',
    'us-east-1.evil.example',
    '../x',
  ])('may not be %j', (name) =>
    expect(complaint([region(name)])).toBe('is not an AWS region, as in us-east-1'),
  );

  it.each([
    ['twice the same', ['us-east-1', 'us-east-1'], 'lists a region twice'],
    [
      'over ten',
      Array.from({ length: 11 }, (_, index) => `us-east-${index % 10}`),
      'lists over 10 regions; leave out those without a load balancer or a distribution',
    ],
  ])('may not be %s', (_, names, message) => expect(complaint(names.map(region))).toBe(message));
});

describe('what is to be done in ACM', () => {
  const entry = (more: Partial<AcmImport>): AcmImport => ({
    region: 'us-east-1',
    arn: 'arn',
    version: 'v2',
    at: '',
    outcome: 'imported',
    ...more,
  });
  const rows: [string, string[], AcmImport[] | undefined, string[], string[]][] = [
    ['nothing wanted, nothing there', [], undefined, [], []],
    ['no record yet', ['us-east-1'], undefined, ['us-east-1'], []],
    ['the live version is there', ['us-east-1'], [entry({})], [], []],
    ['an older version is there', ['us-east-1'], [entry({ version: 'v1' })], ['us-east-1'], []],
    ['it failed', ['us-east-1'], [entry({ outcome: 'failed' })], ['us-east-1'], []],
    ['a worker left it open', ['us-east-1'], [entry({ outcome: 'importing' })], ['us-east-1'], []],
    ['a region was added', ['us-east-1', 'eu-west-1'], [entry({})], ['eu-west-1'], []],
    ['a region was removed', [], [entry({})], [], ['us-east-1']],
    ['a removed region was said already', [], [entry({ outcome: 'kept' })], [], []],
    ['a removed region is back', ['us-east-1'], [entry({ outcome: 'kept' })], ['us-east-1'], []],
  ];

  it.each(rows)('when %s', (_, wanted, imports, due, unwanted) => {
    const record = imports && { name: 'example.com', imports };
    expect(decideImports({ wanted: wanted.map(region), record, version: 'v2' })).toEqual({ due, unwanted });
  });
});
