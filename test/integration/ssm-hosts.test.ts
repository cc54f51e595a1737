import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateDocumentCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SsmHosts } from '../../lib/adapters/aws/ssm-hosts.ts';
import type { HostGroup } from '../../lib/foundation/certificate/host-group.ts';
import { Gateway } from '../../local/gateway/gateway.ts';
import { Host } from '../../local/hosts/host.ts';
import type { Hosts } from '../../local/hosts/hosts.ts';
import { type Moto, startMoto } from '../../local/moto/start.ts';
import { makeRunDir } from '../../local/run-dir.ts';
import { ensureSetup } from '../../local/setup.ts';
import { createSsm, type Ssm } from '../../local/ssm/ssm.ts';

const PARAMETERS = ['bucket', 'region', 'names', 'root', 'reload', 'container', 'port'];
/** Fails on hosts that have the folder `broken`, and takes its time on those that have `slow`. */
const content = {
  schemaVersion: '2.2',
  parameters: Object.fromEntries(
    PARAMETERS.map((name) => [name, { type: 'String', interpolationType: 'ENV_VAR' }]),
  ),
  mainSteps: [
    {
      action: 'aws:runShellScript',
      name: 'install',
      inputs: {
        runCommand: [
          '#!/bin/sh',
          'echo "$SSM_names"; [ ! -e /mnt/broken ] || exit 1; [ ! -e /mnt/slow ] || sleep 2',
        ],
      },
    },
  ],
};
const web: HostGroup = { name: 'web', reload: 'service', container: 'web', root: '/mnt/certs', port: 443 };
const idOf = (number: number) =>
  number % 2 === 0 ? `i-${String(number).padStart(3, '0')}` : `mi-${String(number).padStart(3, '0')}`;
const FLEET = Array.from({ length: 60 }, (_, number) => idOf(number)).sort();

let dir: string;
let moto: Moto;
let ssm: Ssm;
let gateway: Gateway;
let client: SSMClient;
let fleet: SsmHosts;
const hosts = new Map<string, Host>();

async function addHost(id: string, group: string): Promise<void> {
  const folder = join(dir, id);
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'mnt'), { recursive: true });
  const facts = {
    id,
    tags: { 'perennial-group': group },
    folder,
    tlsPort: 0,
    httpPort: 0,
    nginx: undefined as never,
  };
  hosts.set(id, new Host({ ...facts, env: { PATH: process.env.PATH ?? '', HOME: folder } }, true));
}

const breakHost = (id: string) => mkdir(join(dir, id, 'mnt/broken'));
const slowDown = (id: string) => mkdir(join(dir, id, 'mnt/slow'));

async function install(instanceIds: string[], allowedErrors = 0): Promise<string> {
  const id = await fleet.install({ group: web, names: ['shop', 'blog'], instanceIds, allowedErrors });
  await ssm.idle();
  return id;
}

const ended = async (command: string) =>
  Map.groupBy(
    await Promise.all(FLEET.map((id) => fleet.invocation(command, id))),
    ({ statusDetails }) => statusDetails,
  );

beforeAll(async () => {
  dir = await makeRunDir();
  moto = await startMoto({ venvBin: (await ensureSetup()).venvBin, dir });
  const registry = { get: (id: string) => hosts.get(id), all: () => [...hosts.values()] } as Hosts;
  ssm = createSsm({ hosts: registry, deliveryLimitMs: 200, emit: async () => {} });
  gateway = new Gateway({ motoUrl: moto.url, services: { ssm } });
  await gateway.start();
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  client = new SSMClient({ endpoint: gateway.endpoint, region: 'us-east-1', credentials });
  const document = { DocumentType: 'Command', DocumentFormat: 'JSON' } as const;
  await client.send(
    new CreateDocumentCommand({ ...document, Name: 'install', Content: JSON.stringify(content) }),
  );
  fleet = new SsmHosts(client, { document: 'install', bucket: 'certs', region: 'us-east-1' });
});

beforeEach(async () => {
  hosts.clear();
  // In this order, in which SSM comes to them.
  for (const id of FLEET) await addHost(id, 'web');
  await addHost('i-other', 'api');
});

afterAll(async () => {
  client?.destroy();
  await ssm?.stop();
  await gateway?.stop();
  await moto?.stop();
  await rm(dir, { recursive: true, force: true });
});

describe('a group of 60 hosts', () => {
  it('is listed over all pages, without the hosts of other groups', async () => {
    expect((await fleet.inGroup('web')).map(({ instanceId }) => instanceId)).toEqual(FLEET);
  });

  it('is reached by one command, and no other group with it', async () => {
    const command = await install(FLEET);
    expect((await ended(command)).get('Success')).toHaveLength(60);
    expect(await fleet.invocation(command, 'i-other')).toMatchObject({ status: 'waiting' });
    expect(await fleet.namesSent(command)).toEqual(['shop', 'blog']);
  });

  it('is told apart by when a command was requested, or began where another function sent it', async () => {
    const earlier = new Date();
    const host = idOf(0);
    const command = await install([host]);
    const other = new SsmHosts(client, { document: 'install', bucket: 'certs', region: 'us-east-1' });
    const [ours, theirs] = await Promise.all(
      [fleet, other].map(async (port) => (await port.invocation(command, host)).requestedAt),
    );
    expect(ours?.getTime()).toBeGreaterThanOrEqual(earlier.getTime());
    expect(theirs?.getTime()).toBeGreaterThanOrEqual(ours?.getTime() ?? 0);
    expect((await other.invocation(command, 'i-other')).requestedAt).toBeUndefined();
  });

  it('is spared by the first host that fails, but for those that run already', async () => {
    const [first = '', ...others] = FLEET;
    await Promise.all([breakHost(first), ...others.map(slowDown)]);
    const spared = (await ended(await install(FLEET))).get('Terminated') ?? [];
    // A quarter of the hosts at a time.
    expect(spared.length).toBeGreaterThan(60 - 2 * 15);
    expect(spared[0]).toMatchObject({ status: 'failed', group: 'web', output: '' });
  });

  it('is served past a host that was known to fail', async () => {
    await breakHost(FLEET[0] ?? '');
    const by = await ended(await install(FLEET, 1));
    expect([by.get('Failed')?.length, by.get('Success')?.length]).toEqual([1, 59]);
  });
});

it('50 hosts are reached by their ids, and nobody else', async () => {
  const command = await install(FLEET.slice(0, 50));
  const by = await ended(command);
  expect([by.get('Success')?.length, by.get('Pending')?.length]).toEqual([50, 10]);
});
