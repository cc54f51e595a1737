import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { ChangeResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Plan } from '../../lib/scan/rules/plan.ts';
import { servedBy } from '../../local/demo/served.ts';
import { DeployedLine } from './deployed-line.ts';

const HOST = 'i-0123456789abcdef0';
let line: DeployedLine;

beforeAll(async () => {
  const site = (serverName: string) => ({ serverName, lineage: 'example.com' });
  const sites = [site('example.com'), site('www.example.com')];
  line = await DeployedLine.start({ hosts: [{ id: HOST, tags: { 'perennial-group': 'web' }, sites }] });
});

afterAll(() => line?.stop());

async function served(name: string): Promise<string> {
  const answer = await servedBy(line.cloud.hosts.get(HOST)?.tlsPort ?? 0, name, await line.cloud.caRoots());
  return answer instanceof Error ? answer.message : answer.serial;
}

describe('a renewal file that is put into the bucket', () => {
  it('is issued for, and the host serves the certificate for every name it had', async () => {
    await line.putAndWait('example.com', {
      names: ['example.com', '*.example.com'],
      hosts: ['web'],
      profile: 'classic',
    });
    const pointer = await line.pointer('example.com');
    expect(pointer?.names).toEqual(['example.com', '*.example.com']);
    expect(await served('example.com')).toBe(pointer?.serial);
    expect(await served('www.example.com')).toBe(pointer?.serial);
  });

  it('leaves a pair in the archive whose key matches, and copies equal to it', async () => {
    const version = (await line.pointer('example.com'))?.version;
    const folder = `archive/example.com/${version}`;
    expect(await line.keys(folder)).toEqual(
      ['cert', 'chain', 'fullchain', 'privkey'].map((file) => `${folder}/${file}.pem`),
    );
    const [cert = '', key = ''] = await Promise.all([
      line.text(`${folder}/fullchain.pem`),
      line.text(`${folder}/privkey.pem`),
    ]);
    const { createPrivateKey } = await import('node:crypto');
    expect(new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(await line.text('live/example.com/fullchain.pem')).toBe(cert);
    expect(await line.text('live/example.com/bundle.pem')).toBe(cert + key);
  });

  it('leaves no TXT value and no claim behind, and says in the CAA who may issue', async () => {
    expect(await line.records('example.com')).toEqual({
      'CAA example.com.': ['0 issue "pebble.letsencrypt.org"', '0 issue "amazon.com"'],
    });
    expect(await line.keys('pending/')).toEqual([]);
    expect(await line.keys('state/')).toEqual([]);
  });

  it('is written down for the host', async () => {
    const record = JSON.parse((await line.text(`hosts/${HOST}.json`)) ?? '{}');
    const version = (await line.pointer('example.com'))?.version;
    expect(record.lineages['example.com']).toMatchObject({ version, outcome: 'served' });
  });

  it('is not issued for again by the hourly check', async () => {
    const before = await line.pointer('example.com');
    await line.cloud.fireSchedule((expression) => expression === 'rate(1 hour)');
    await line.idle();
    expect(await line.pointer('example.com')).toEqual(before);
    const ended = line.logged.filter(({ line: { message } }) => message === 'scan ended').at(-1);
    expect(ended?.line).toMatchObject({ start: 'hourly-check', quiet: { 'not-due': expect.any(Number) } });
  });
});

async function invokeScan(path: string): Promise<Plan> {
  const serverless = join(import.meta.dirname, '../../node_modules/.bin/serverless');
  return JSON.parse(await line.run(serverless, ['invoke', '-f', 'scan', '--path', path]));
}

describe('npx serverless invoke -f scan', () => {
  it('with events/plan.json answers with the plan and changes nothing', async () => {
    const before = await line.keys();
    const plan = await invokeScan('events/plan.json');
    await line.idle();
    expect(plan.certificates).toMatchObject([{ name: 'example.com', action: 'wait', reason: 'not-due' }]);
    expect(await line.keys()).toEqual(before);
  });

  it('with events/force-renewal.json renews now, answers with the batch, and the host serves it', async () => {
    const before = await line.pointer('example.com');
    const plan = await invokeScan('events/force-renewal.json');
    expect(plan.batches).toMatchObject([
      { certificates: [{ name: 'example.com', reason: 'forced', replacing: before?.version }] },
    ]);
    await line.idle();
    const after = await line.pointer('example.com');
    expect(after?.serial).not.toBe(before?.serial);
    expect(await served('www.example.com')).toBe(after?.serial);
  });
});

describe('names over several zones and key types', () => {
  it.each([
    ['ecdsa-p384', 'ec', 'secp384r1'],
    ['rsa-2048', 'rsa', 2048],
  ])('are issued in one certificate with a %s key', async (key, type, detail) => {
    const name = `several-${type}`;
    await line.putAndWait(name, {
      names: ['several.example.com', 'several.example.net'],
      key,
      profile: 'classic',
    });
    const leaf = new X509Certificate((await line.text(`live/${name}/cert.pem`)) ?? '');
    expect(leaf.subjectAltName).toBe('DNS:several.example.com, DNS:several.example.net');
    expect(leaf.publicKey.asymmetricKeyType).toBe(type);
    expect(Object.values(leaf.publicKey.asymmetricKeyDetails ?? {})).toContain(
      type === 'rsa' ? detail : 'secp384r1',
    );
  });
});

describe('what other people have in the zone', () => {
  it('is there afterwards: TXT at the challenge name with its TTL, and CAA values', async () => {
    const foreign = [
      {
        Name: '_acme-challenge.foreign.example.com',
        Type: 'TXT' as const,
        TTL: 120,
        ResourceRecords: [{ Value: '"theirs"' }],
      },
      {
        Name: 'foreign.example.com',
        Type: 'CAA' as const,
        TTL: 600,
        ResourceRecords: [{ Value: '0 issue "other-ca.example"' }],
      },
    ];
    const Changes = foreign.map((ResourceRecordSet) => ({ Action: 'CREATE' as const, ResourceRecordSet }));
    await line.route53.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: line.zoneId('example.com'),
        ChangeBatch: { Changes },
      }),
    );
    await line.putAndWait('foreign.example.com', {
      names: ['foreign.example.com', '*.foreign.example.com'],
      profile: 'classic',
    });
    expect(await line.pointer('foreign.example.com')).toBeDefined();
    expect(await line.records('example.com')).toMatchObject({
      'TXT _acme-challenge.foreign.example.com.': ['"theirs"'],
      'CAA foreign.example.com.': ['0 issue "other-ca.example"', '0 issue "pebble.letsencrypt.org"'],
    });
  });
});

describe('CAA', () => {
  it('binds the CA to our account and to DNS-01 on request, and records the value as ours', async () => {
    const caa = { restrict: true, alsoAllow: ['backup.example'], iodef: 'mailto:security@example.com' };
    await line.putAndWait('bound.example.net', { names: ['bound.example.net'], caa, profile: 'classic' });
    const values = (await line.records('example.net'))['CAA bound.example.net.'];
    expect(values).toEqual([
      expect.stringMatching(
        /^0 issue "pebble.letsencrypt.org; accounturi=https:\S+; validationmethods=dns-01"$/,
      ),
      '0 issue "backup.example"',
      '0 iodef "mailto:security@example.com"',
    ]);
    expect((await line.pointer('bound.example.net'))?.caa).toEqual([{ name: 'bound.example.net', values }]);
  });

  it('of another CA only stops a certificate that may only check, before the CA is asked', async () => {
    const orders = () => line.outcomes('checked.example.net').length;
    await line.addRecord('example.net', {
      Name: 'checked.example.net',
      Type: 'CAA',
      values: ['0 issue "other-ca.example"'],
    });
    const before = orders();
    await line.putAndWait('checked.example.net', {
      names: ['checked.example.net'],
      caa: { mode: 'check' },
      profile: 'classic',
    });
    expect(orders()).toBeGreaterThan(before);
    expect(line.outcomes('checked.example.net').at(-1)).toMatchObject({
      outcome: 'failed',
      reason: 'caa-forbids',
      message: expect.stringContaining('0 issue "other-ca.example" at checked.example.net'),
    });
  });
});

describe('key material', () => {
  it('is in nothing that a function printed and in no command', async () => {
    const commands = line.cloud.calls.matching({ service: 'ssm' });
    expect(line.printed.join('\n') + JSON.stringify(commands)).not.toMatch(/PRIVATE KEY|"d":"/);
  });
});

describe('the AWS CLI', () => {
  it('starts the first issue by copying a file', async () => {
    const file = join(line.cloud.parts.dir, 'cli.json');
    const { writeFile } = await import('node:fs/promises');
    await writeFile(file, JSON.stringify({ names: ['cli.example.net'], profile: 'classic' }));
    await line.run(join(line.cloud.parts.venvBin, 'aws'), [
      's3',
      'cp',
      file,
      `s3://${line.bucket}/renewal/cli.json`,
    ]);
    await line.idle();
    expect((await line.pointer('cli'))?.names).toEqual(['cli.example.net']);
  });
});
