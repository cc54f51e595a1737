import { SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SsmHosts } from '../../../lib/adapters/aws/ssm-hosts.ts';
import { Gateway } from '../../../local/gateway/gateway.ts';
import type { EmitEvent } from '../../../local/gateway/request.ts';
import type { Host } from '../../../local/hosts/host.ts';
import type { Hosts } from '../../../local/hosts/hosts.ts';
import type { DeployedAssociation } from '../../../local/ssm/deployed-associations.ts';
import { parseDocument } from '../../../local/ssm/document.ts';
import { createSsm, type Ssm } from '../../../local/ssm/ssm.ts';

const DOCUMENT = parseDocument(
  JSON.stringify({
    schemaVersion: '2.2',
    parameters: { group: { type: 'String', interpolationType: 'ENV_VAR' } },
    mainSteps: [{ action: 'aws:runShellScript', name: 'install', inputs: { runCommand: ['true'] } }],
  }),
);
const WEB: DeployedAssociation = {
  key: 'stack/web',
  documentName: 'install',
  parameters: { group: ['web'] },
  targets: [{ Key: 'tag:perennial-group', Values: ['web'] }],
  maxConcurrency: '100%',
  maxErrors: '100%',
};

let deployed: DeployedAssociation[];
let fleet: Host[];
let runs: string[];
let events: Parameters<EmitEvent>[0][];
let ssm: Ssm;

/** A host that only says what it was asked to run. */
function host(id: string, group: string, online = true): Host {
  const run = async ({ env }: { env: Record<string, string> }) => {
    runs.push(`${id} ${env.SSM_group}`);
    return {
      exitCode: id.endsWith('bad') ? 1 : 0,
      timedOut: false,
      stdout: `report ${runs.length} of ${id}`,
      stderr: '',
    };
  };
  return { id, tags: { 'perennial-group': group }, online, run } as unknown as Host;
}

beforeEach(() => {
  deployed = [WEB];
  fleet = [host('i-1', 'web'), host('i-2', 'web', false), host('i-3', 'db')];
  runs = [];
  events = [];
  const hosts = { get: (id: string) => fleet.find((one) => one.id === id), all: () => fleet } as Hosts;
  ssm = createSsm({
    hosts,
    emit: async (event) => void events.push(event),
    stateManager: { deployed: async () => deployed, document: async () => DOCUMENT },
  });
});

afterEach(() => ssm.stop());

const refresh = async () => {
  await ssm.stateManager?.refresh();
  await ssm.idle();
};

describe('State Manager of the local cloud', () => {
  it('runs an association that is new on the hosts with its tag that are online', async () => {
    await refresh();
    expect(runs).toEqual(['i-1 web']);
    expect(
      events.map(({ detailType, detail }) => [detailType, (detail as { status: string }).status]),
    ).toEqual([
      ['EC2 State Manager Instance Association State Change', 'InProgress'],
      ['EC2 State Manager Instance Association State Change', 'Success'],
    ]);
  });

  it('runs it again when it was changed, and not when it was deployed as it is', async () => {
    await refresh();
    await refresh();
    expect(runs).toHaveLength(1);
    deployed = [{ ...WEB, documentName: 'install-2' }];
    await refresh();
    expect(runs).toHaveLength(2);
    deployed = [];
    await refresh();
    await ssm.stateManager?.runAll();
    await ssm.idle();
    expect(runs).toHaveLength(2);
  });

  it('runs it on a host that registers, and on that one only, and on all when its interval is over', async () => {
    await refresh();
    const later = host('i-4', 'web');
    fleet.push(later);
    for (const registered of [later, host('i-5', 'db')]) await ssm.stateManager?.register(registered);
    await ssm.idle();
    expect(runs).toEqual(['i-1 web', 'i-4 web']);
    await ssm.stateManager?.runAll();
    await ssm.idle();
    expect(runs.slice(2).sort()).toEqual(['i-1 web', 'i-4 web']);
  });
});

describe("an association's run, as the adapter finds it", () => {
  const told = () => events.at(-1)?.detail as { 'association-id': string; status: string };

  async function ask(associationId: string, instanceId: string, document = 'install') {
    const gateway = new Gateway({ motoUrl: 'http://127.0.0.1:9', services: { ssm } });
    await gateway.start();
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    const client = new SSMClient({ endpoint: gateway.endpoint, region: 'us-east-1', credentials });
    const hosts = new SsmHosts(client, { document, bucket: 'certs', region: 'us-east-1' });
    try {
      return await hosts.associationRun(associationId, instanceId);
    } finally {
      client.destroy();
      await gateway.stop();
    }
  }

  it('has the group, and what the host printed', async () => {
    await refresh();
    expect(await ask(told()['association-id'], 'i-1')).toEqual({
      group: 'web',
      invocation: expect.objectContaining({
        instanceId: 'i-1',
        status: 'success',
        output: 'report 1 of i-1',
        requestedAt: expect.any(Date),
      }),
    });
  });

  it('is that of the host among newer ones of others', async () => {
    await refresh();
    const id = told()['association-id'];
    fleet.push(host('i-4-bad', 'web'));
    const bad = fleet.at(-1);
    if (bad) await ssm.stateManager?.register(bad);
    await ssm.idle();
    expect(await ask(id, 'i-1')).toMatchObject({ invocation: { status: 'success' } });
    expect(await ask(id, 'i-4-bad')).toMatchObject({
      invocation: { status: 'failed', output: 'report 2 of i-4-bad' },
    });
  });

  it('is the newest of a host that had several', async () => {
    await refresh();
    await new Promise((resolve) => setTimeout(resolve, 5));
    await ssm.stateManager?.runAll();
    await ssm.idle();
    expect(await ask(told()['association-id'], 'i-1')).toMatchObject({
      invocation: { output: 'report 2 of i-1' },
    });
  });

  it('is none where the association has another document, or the host had none', async () => {
    await refresh();
    const id = told()['association-id'];
    expect(await ask(id, 'i-1', 'other')).toBeUndefined();
    expect(await ask(id, 'i-3')).toBeUndefined();
  });

  it('cannot be asked for where there is no such association, which is said', async () => {
    await expect(ask('0a1b2c3d-0000-4000-8000-000000000000', 'i-1')).rejects.toThrow(/look at association/);
  });
});
