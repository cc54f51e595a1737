import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  type StackResource,
} from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../local/cloud.ts';
import { servedBy } from '../../local/demo/served.ts';
import { runServerless } from '../../local/deploy.ts';
import manifest from '../../package.json' with { type: 'json' };
import { DeployedLine } from './deployed-line.ts';
import { runInCloud } from './serverless-runs.ts';

const PROJECT = join(import.meta.dirname, '../..');
const NOT_COPIED = ['node_modules', '.local', '.git', '.serverless', '.esbuild', 'coverage', 'settings.yml'];
const NEWER = '99.0.0';
const HOST = 'i-00000000000000001';
/** What would lose something, or a person's settings, if it were another after a rollback. */
const KEPT = /^AWS::(S3::Bucket|SQS::Queue|SNS::Topic|IAM::ManagedPolicy|IAM::Role)$/;
const LIMIT_MS = 600_000;
let folder: string;
let line: DeployedLine;
let stacks: CloudFormationClient;
/** Of the newer release, before it is rolled back. */
let before: Awaited<ReturnType<typeof observe>>;

/** A release after this one: a version, a resource, a setting of a function, a script for hosts and a member of an object that this one has not. */
async function writeNewerRelease(): Promise<void> {
  await cp(PROJECT, folder, {
    recursive: true,
    filter: (source) => !NOT_COPIED.includes(basename(source)) || source === PROJECT,
  });
  await symlink(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  const changes: [file: string, from: string, to: string][] = [
    ['package.json', `"version": "${manifest.version}"`, `"version": "${NEWER}"`],
    ['resources/queues.yml', 'Resources:\n', 'Resources:\n  LaterQueue:\n    Type: AWS::SQS::Queue\n'],
    // Another script is another document, which the functions of either release have to name.
    ['lib/delivery/deployment/host/install.sh', '#!/bin/sh\n', '#!/bin/sh\n# later\n'],
    ['serverless.yml', '    timeout: 840\n', '    timeout: 839\n'],
    [
      'lib/issuance/renewal/commit.ts',
      '    version,\n    names:',
      '    version,\n    ...{ later: 1 },\n    names:',
    ],
  ];
  for (const [file, from, to] of changes) {
    const text = await readFile(join(folder, file), 'utf8');
    expect(text.split(from), `${file} has this once: ${from}`).toHaveLength(2);
    await writeFile(join(folder, file), text.replace(from, to));
  }
}

async function deployNewer({ env, parts }: LocalCloud): Promise<void> {
  const logFile = join(parts.dir, 'newer.log');
  await runServerless(['deploy'], { projectDir: folder, env, logFile });
  await parts.aws.adapt();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-newer-'));
  await writeNewerRelease();
  line = await DeployedLine.start({
    hosts: [
      {
        id: HOST,
        tags: { 'perennial-group': 'web' },
        sites: [{ serverName: 'example.com', lineage: 'example.com' }],
      },
    ],
    zones: ['example.com'],
    deploy: deployNewer,
  });
  stacks = new CloudFormationClient({
    endpoint: line.cloud.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  await line.putAndWait('example.com', { names: ['example.com'], hosts: ['web'], profile: 'classic' });
  before = await observe();
});

afterAll(async () => {
  stacks?.destroy();
  await line?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What a rollback has to leave as it is. */
async function observe() {
  const read = async (prefix: string) =>
    Promise.all((await line.keys(prefix)).map(async (key) => [key, await line.text(key)] as const));
  const prefixes = ['renewal/', 'live/', 'archive/', 'accounts/', 'account-urls/', 'format.json'];
  return {
    objects: Object.fromEntries((await Promise.all(prefixes.map(read))).flat()),
    orders: await line.cloud.caRequests(/^POST \/order-plz/),
    accounts: await line.cloud.caRequests(/^POST \/sign-me-up/),
    served: await served(),
  };
}

async function served(): Promise<string> {
  const port = line.cloud.hosts.get(HOST)?.tlsPort ?? 0;
  const answer = await servedBy(port, 'example.com', await line.cloud.caRoots());
  return answer instanceof Error ? `not valid: ${answer.message}` : answer.serial;
}

/** The stack's resources by logical id. */
async function resources(): Promise<Record<string, string>> {
  const { StackResources = [] } = await stacks.send(
    new DescribeStackResourcesCommand({ StackName: 'perennial-local' }),
  );
  const isKept = ({ ResourceType = '' }: StackResource) => KEPT.test(ResourceType);
  return Object.fromEntries(
    StackResources.filter(isKept).map(({ LogicalResourceId = '', PhysicalResourceId = '' }) => [
      LogicalResourceId,
      PhysicalResourceId,
    ]),
  );
}

describe('an older release that is deployed over a newer one of the same format', () => {
  it('begins where the newer one served a certificate, with an object that has more than it knows', async () => {
    expect((await line.cloud.outputs()).Release).toBe(NEWER);
    expect(JSON.parse((await line.text('format.json')) ?? '')).toEqual({ format: 1, release: NEWER });
    expect(JSON.parse((await line.text('live/example.com.json')) ?? '')).toMatchObject({ later: 1 });
    expect(before.served).toBe((await line.pointer('example.com'))?.serial);
  });

  it(
    'removes what only the newer one had, and keeps all else by the same names',
    async () => {
      const { LaterQueue, ...others } = await resources();
      expect(LaterQueue).toBeDefined();
      const { isDone, printed } = await runInCloud(line.cloud, 'deploy', '--stage', 'local');
      expect(isDone, printed).toBe(true);
      expect(await resources()).toEqual(others);
      expect(await line.cloud.outputs()).toMatchObject({ Release: manifest.version, Bucket: line.bucket });
    },
    LIMIT_MS,
  );

  it('orders nothing, and leaves certificates, accounts and what is served as they are', async () => {
    for (const isDue of [
      (schedule: string) => schedule === 'rate(1 hour)',
      (schedule: string) => schedule.startsWith('cron'),
    ]) {
      await line.cloud.fireSchedule(isDue);
      await line.idle();
    }
    expect(await observe()).toEqual(before);
    const { certificates } = await line.scan({ start: 'hourly-check' });
    expect(certificates).toMatchObject([{ name: 'example.com', action: 'wait' }]);
    const failed = line.logged.filter(({ line: { level } }) => level === 'ERROR');
    expect(failed).toEqual([]);
  });

  it('goes on: renews what the newer one issued and what is new, with its account, to the host', async () => {
    await line.putAndWait('www', { names: ['www.example.com'], hosts: [], profile: 'classic' });
    await line.scan({ start: 'force', names: ['example.com'] });
    await line.idle();
    expect(await line.pointer('www')).toBeDefined();
    const serial = (await line.pointer('example.com'))?.serial;
    expect(serial).not.toBe(before.served);
    expect(await served()).toBe(serial);
    expect(await line.cloud.caRequests(/^POST \/sign-me-up/)).toBe(before.accounts);
    expect(line.logged.at(-1)?.line.release).toBe(manifest.version);
  });

  it(
    'gives way to the newer one again, which goes on as well',
    async () => {
      await deployNewer(line.cloud);
      expect((await line.cloud.outputs()).Release).toBe(NEWER);
      expect(await resources()).toHaveProperty('LaterQueue');
      await line.scan({ start: 'force', names: ['example.com'] });
      await line.idle();
      expect(await served()).toBe((await line.pointer('example.com'))?.serial);
      expect(JSON.parse((await line.text('live/example.com.json')) ?? '')).toMatchObject({ later: 1 });
      expect(await line.cloud.caRequests(/^POST \/sign-me-up/)).toBe(before.accounts);
    },
    LIMIT_MS,
  );
});
