import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../lib/scan/rules/plan.ts';
import { DeployedLine } from './deployed-line.ts';

let line: DeployedLine;

beforeAll(async () => {
  line = await DeployedLine.start({ zones: ['example.com'] });
});

afterAll(() => line?.stop());

const good = { names: ['good.example.com'], profile: 'classic' };
const many = Array.from({ length: 101 }, (_, index) => `n${index}.example.com`);

describe('a renewal file that cannot be used', () => {
  const cases: [string, unknown, string][] = [
    ['not-json', '{ "names": [', 'is not JSON'],
    ['unknown-key', { ...good, hots: ['web'] }, 'unknown key "hots"'],
    ['no-names', { names: [] }, 'names: lists no name'],
    ['twice', { names: ['a.example.com', 'a.example.com'] }, 'names: lists "a.example.com" twice'],
    ['an-ip', { names: ['192.0.2.7'] }, 'names[0]: "192.0.2.7" is an IP address'],
    ['outside', { names: ['example.org'] }, 'add "example.org" to domains in settings.yml'],
    ['no-zone', { names: ['example.net'] }, 'no public hosted zone on Route 53 holds example.net'],
    ['too-many', { names: many }, 'over 100 names'],
    ['middle', { names: ['a.*.example.com'] }, 'wildcard that is not the whole leftmost label'],
    ['underscore', { names: ['under_score.example.com'] }, 'has an underscore'],
    ['comment', '{ "names": ["a.example.com"] } // mine', 'it has a comment at line 1, column 32'],
    ['repeated', '{ "names": ["a.example.com"], "names": [] }', 'has "names" twice'],
    ['folder/deep', good, 'rename it, for example to renewal/deep.json'],
    ['group', { ...good, hosts: ['db'] }, 'host group "db" is not one of web'],
    ['..%2Fescape', good, 'rename it'],
    ['Upper', good, 'rename it'],
  ];

  let plan: Plan;
  beforeAll(async () => {
    await line.putAndWait('good', good);
    for (const [name, file] of cases) await line.put(`renewal/${name}.json`, file);
    await line.idle();
    plan = await line.scan({ start: 'plan' });
  });

  it.each(cases)('%s is rejected with one line that says what and where', (name, _file, complaint) => {
    const found = plan.certificates.find((certificate) => certificate.name === name);
    expect(found).toMatchObject({ action: 'reject', message: expect.stringContaining(complaint) });
    expect(found && 'message' in found && found.message).toMatch(/^[^\n]{1,1000}$/);
  });

  it('does not hold up the others, and stores nothing of the rejected ones', async () => {
    expect(plan.certificates.find(({ name }) => name === 'good')).toMatchObject({ action: 'wait' });
    expect(await line.keys('live/')).toEqual(expect.arrayContaining(['live/good.json']));
    expect((await line.keys('live/')).filter((key) => !key.startsWith('live/good'))).toEqual([]);
    expect(await line.keys('pending/')).toEqual([]);
  });
});

/** What `npx serverless invoke -f scan` prints when it fails, as a person reads it. */
async function refusal(...args: string[]): Promise<string> {
  const printed = await line.run('npx', ['serverless', 'invoke', '-f', 'scan', ...args]).then(
    (answer) => `not refused: ${answer}`,
    (error) => `${error.stdout}${error.stderr}`,
  );
  return printed.replaceAll('\\"', '"');
}

describe('an event of the wrong shape', () => {
  it.each([
    ['{}', 'has no "start"'],
    ['{"start":"force"}', 'force needs "names"'],
    ['{"start":"force","names":[]}', 'force needs "names"'],
    ['{"start":"sometimes"}', 'event: start'],
    ['{"start":"plan","extra":1}', 'unknown key "extra"'],
    ['{"start":"force","names":["../x"]}', 'event: names'],
  ])('%s is answered with one line', async (event, complaint) => {
    await expect(line.invoke('scan', JSON.parse(event))).rejects.toThrow(complaint);
  });

  it('names a certificate that has no file', async () => {
    const plan = await line.scan({ start: 'force', names: ['nobody.example.com'] });
    expect(plan.certificates).toMatchObject([{ action: 'reject', reason: 'renewal-file-missing' }]);
    expect(plan.batches).toEqual([]);
  });
});

describe('a part that is missing or refuses', () => {
  it('a host group without hosts is told for the certificate, which stays committed', async () => {
    await line.putAndWait('hostless', {
      names: ['hostless.example.com'],
      hosts: ['web'],
      profile: 'classic',
    });
    expect(await line.pointer('hostless')).toBeDefined();
    expect(
      line.logged.some(({ line: { deployment } }) => JSON.stringify(deployment)?.includes('no-hosts')),
    ).toBe(true);
  });

  it.each<[string, { names: string[]; profile: string }, object]>([
    [
      'a profile that the CA does not have',
      { names: ['refused.example.com'], profile: 'no-such-profile' },
      { reason: 'profile-unknown', message: expect.stringContaining('classic, shortlived, tlsserver') },
    ],
  ])('%s is remembered with its words, and the pointer stays', async (_, file, lastFailure) => {
    const before = await line.pointer('good');
    await line.remove('state/refused.json');
    await line.put('renewal/refused.json', file);
    await line.idle();
    const state = JSON.parse((await line.text('state/refused.json')) ?? '{}');
    expect(state).toMatchObject({ failures: 1, lastFailure });
    expect(Date.parse(state.notBefore)).toBeGreaterThan(Date.now() + 30_000);
    expect(await line.keys('pending/')).toEqual([]);
    expect(await line.pointer('good')).toEqual(before);
  });

  it('two that fail are told each with its own reason, and the third of the same run is renewed', async () => {
    await line.addRecord('example.com', {
      ...{ Name: 'closed.example.com', Type: 'CAA' },
      values: ['0 issue ";"'],
    });
    const names = ['closed', 'misspelt', 'sound'];
    const files = names.map((name) => ({
      names: [`${name}.example.com`],
      profile: name === 'misspelt' ? 'no-such-profile' : 'classic',
    }));
    for (const [index, name] of names.entries()) await line.put(`renewal/${name}.json`, files[index]);
    await line.idle();
    const last = (name: string) => line.outcomes(name).findLast(({ outcome }) => outcome !== undefined);
    expect(last('closed')).toMatchObject({ outcome: 'failed', reason: 'caa-forbids' });
    expect(last('misspelt')).toMatchObject({ outcome: 'failed', reason: 'profile-unknown' });
    expect(last('sound')).toMatchObject({ outcome: 'renewed' });
    expect(await line.pointer('sound')).toBeDefined();
    for (const name of ['closed', 'misspelt']) {
      expect(await line.pointer(name)).toBeUndefined();
      expect(JSON.parse((await line.text(`state/${name}.json`)) ?? '{}')).toMatchObject({ failures: 1 });
    }
    expect(await line.keys('pending/')).toEqual([]);
    const proofs = Object.keys(await line.records('example.com')).filter((set) =>
      set.includes('_acme-challenge'),
    );
    expect(proofs).toEqual([]);
  });

  it('permission that Route 53 denies fails that certificate with the name of the remedy', async () => {
    const denied = {
      status: 403,
      headers: { 'content-type': 'text/xml' },
      body: '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized</Message></Error></ErrorResponse>',
    };
    line.cloud.faults.add({
      service: 'route53',
      action: 'ChangeResourceRecordSets',
      times: 9,
      effect: { kind: 'answer', response: denied },
    });
    await line.putAndWait('denied', { names: ['denied.example.com'], profile: 'classic' });
    line.cloud.faults.clear();
    expect(line.outcomes('denied').at(-1)).toMatchObject({
      outcome: 'failed',
      reason: 'zone-access-denied',
      message: expect.stringContaining('below domains in settings.yml'),
    });
  });

  it('a bucket that is gone fails the scan with one line', async () => {
    const gone = {
      status: 404,
      headers: { 'content-type': 'application/xml' },
      body: '<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message></Error>',
    };
    line.cloud.faults.add({
      service: 's3',
      action: 'ListObjects',
      times: 9,
      effect: { kind: 'answer', response: gone },
    });
    const answer = await refusal('--path', 'events/plan.json');
    line.cloud.faults.clear();
    expect(answer).toContain('does not exist; run serverless deploy');
  });
});
