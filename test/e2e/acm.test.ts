import {
  ACMClient,
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  ListCertificatesCommand,
  ListTagsForCertificateCommand,
} from '@aws-sdk/client-acm';
import { IAMClient } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { policiesOfRole } from '../../local/iam/deployed-policies.ts';
import { judgeCalls } from '../../local/iam/judge-calls.ts';
import { DeployedLine } from './deployed-line.ts';

const NAME = 'example.com';
const wanted = (...regions: string[]) => ({
  names: [NAME],
  profile: 'classic',
  acm: regions.map((region) => ({ region })),
});
let line: DeployedLine;
const clients = new Map<string, ACMClient>();

beforeAll(async () => {
  line = await DeployedLine.start({ zones: [NAME] });
});

afterAll(async () => {
  for (const client of clients.values()) client.destroy();
  await line?.stop();
});

function acm(region: string): ACMClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = clients.get(region) ?? new ACMClient({ endpoint: line.cloud.endpoint, region, credentials });
  clients.set(region, client);
  return client;
}

/** The imports in a region, with their serials as a pointer has them. */
async function importsIn(region: string): Promise<{ arn: string; serial: string }[]> {
  const { CertificateSummaryList = [] } = await acm(region).send(
    new ListCertificatesCommand({ Includes: { keyTypes: ['EC_prime256v1'] } }),
  );
  return Promise.all(
    CertificateSummaryList.map(async ({ CertificateArn = '' }) => {
      const { Certificate } = await acm(region).send(new DescribeCertificateCommand({ CertificateArn }));
      return { arn: CertificateArn, serial: BigInt(Certificate?.Serial ?? 0).toString(16) };
    }),
  );
}

const liveSerial = async () => BigInt(`0x${(await line.pointer(NAME))?.serial}`).toString(16);
const record = async () => JSON.parse((await line.text(`acm/${NAME}.json`)) ?? '{"imports":[]}').imports;

async function hourlyCheck(): Promise<void> {
  await line.cloud.fireSchedule((expression) => expression === 'rate(1 hour)');
  await line.idle();
}

async function renew(): Promise<void> {
  await line.scan({ start: 'force', names: ['example.com'] });
  await line.idle();
}

describe('a certificate for ACM', () => {
  let arn: string;

  it('is imported there when it is issued, tagged as ours', async () => {
    await line.putAndWait(NAME, wanted('us-east-1'));
    const [first, ...others] = await importsIn('us-east-1');
    expect(others).toEqual([]);
    expect(first?.serial).toBe(await liveSerial());
    arn = first?.arn ?? '';
    const { Tags } = await acm('us-east-1').send(new ListTagsForCertificateCommand({ CertificateArn: arn }));
    expect(Tags).toEqual([
      { Key: 'perennial-bucket', Value: line.bucket },
      { Key: 'perennial-name', Value: NAME },
    ]);
    expect(await record()).toMatchObject([{ region: 'us-east-1', arn, outcome: 'imported' }]);
  });

  it('keeps its ARN when it is renewed', async () => {
    await renew();
    expect(await importsIn('us-east-1')).toEqual([{ arn, serial: await liveSerial() }]);
  });

  it('comes into a region that the file names later, at once and without a new certificate', async () => {
    const before = await line.pointer(NAME);
    await line.putAndWait(NAME, wanted('us-east-1', 'eu-central-1'));
    expect(await line.pointer(NAME)).toEqual(before);
    expect(await importsIn('eu-central-1')).toMatchObject([{ serial: await liveSerial() }]);
    expect(line.cloud.calls.count({ action: 'ImportCertificate', region: 'eu-central-1' })).toBe(1);
  });

  it('whose import got lost is imported by the next hourly check, the record lost with it', async () => {
    const removeFault = line.cloud.faults.add({
      service: 'acm',
      times: 50,
      effect: { kind: 'answer', response: denied() },
    });
    await renew();
    expect(removeFault()).toBeGreaterThan(0);
    expect((await importsIn('us-east-1'))[0]?.serial).not.toBe(await liveSerial());
    expect(await record()).toMatchObject([
      { region: 'eu-central-1', outcome: 'failed', reason: 'acm-access-denied' },
      { region: 'us-east-1', arn, outcome: 'failed', reason: 'acm-access-denied' },
    ]);
    await line.remove(`acm/${NAME}.json`);
    // The worker who made the import still knows whose it is.
    await line.cloud.coolDown();
    await hourlyCheck();
    expect(await importsIn('us-east-1')).toEqual([{ arn, serial: await liveSerial() }]);
    expect(await record()).toMatchObject([
      { outcome: 'imported', reason: 'found-by-tags' },
      { arn, outcome: 'imported', reason: 'found-by-tags' },
    ]);
  });

  it('that was deleted in ACM gets a new ARN at the renewal, and that is said', async () => {
    await acm('us-east-1').send(new DeleteCertificateCommand({ CertificateArn: arn }));
    await renew();
    const [made] = await importsIn('us-east-1');
    expect(made?.arn).not.toBe(arn);
    expect(line.outcomes(NAME)).toContainEqual(
      expect.objectContaining({
        outcome: 'imported',
        reason: 'deleted-in-acm',
        message: `${arn} is gone from ACM in us-east-1; what used it needs ${made?.arn} now`,
      }),
    );
  });

  it('stays in ACM when its region is taken out of the file, and that is said', async () => {
    await line.putAndWait(NAME, { names: [NAME], profile: 'classic' });
    expect(await importsIn('eu-central-1')).toHaveLength(1);
    expect((await record()).map(({ outcome }: { outcome: string }) => outcome)).toEqual(['kept', 'kept']);
  });

  it('is handled by a role that allows every call, and its key is printed nowhere', async () => {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const iam = new IAMClient({ endpoint: line.cloud.endpoint, region: 'us-east-1', credentials });
    const calls = line.cloud.calls.calls.filter(({ principal }) => principal.includes(':role/'));
    const { allowed, refusal } = await judgeCalls(calls, (role) => policiesOfRole(iam, role));
    iam.destroy();
    expect(refusal).toBeUndefined();
    const asked = allowed.map((one) => one.asked.action).filter((action) => action.startsWith('acm:'));
    expect([...new Set(asked)].sort()).toEqual([
      'acm:AddTagsToCertificate',
      'acm:ImportCertificate',
      'acm:ListCertificates',
      'acm:ListTagsForCertificate',
    ]);
    expect(line.printed.join('\n')).not.toMatch(/PRIVATE KEY|LS0tLS1CRUdJTiBQUklW/);
  });
});

function denied() {
  const body = { __type: 'AccessDeniedException', message: 'explicit deny in a service control policy' };
  const headers = { 'content-type': 'application/x-amz-json-1.1' };
  return { status: 400, headers, body: JSON.stringify(body) };
}
