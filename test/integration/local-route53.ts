import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  type Change as Route53Change,
  Route53Client,
  type RRType,
} from '@aws-sdk/client-route-53';
import { Gateway } from '../../local/gateway/gateway.ts';
import { startMoto } from '../../local/moto/start.ts';
import { createRoute53, type Route53Options } from '../../local/route53/route53.ts';
import { ensureSetup, type Setup } from '../../local/setup.ts';

export interface LocalRoute53 {
  setup: Setup;
  dir: string;
  gateway: Gateway;
  route53: ReturnType<typeof createRoute53>;
  client: Route53Client;
  /** A hosted zone's id and its name servers. */
  createZone(name: string): Promise<{ id: string; nameServers: string[] }>;
  /** Sends one change batch; gives the change's id. */
  change(zoneId: string, ...changes: Route53Change[]): Promise<string>;
  stop(): Promise<void>;
}

/** moto, the gateway and Route 53 in front of it, and a client that tries each request once. */
export async function startLocalRoute53(options: Partial<Route53Options> = {}): Promise<LocalRoute53> {
  const setup = await ensureSetup();
  const dir = await mkdtemp(join(tmpdir(), 'perennial-test-'));
  const moto = await startMoto({ venvBin: setup.venvBin, dir });
  const route53 = createRoute53({ propagationMs: 0, processingMs: 0, ...options });
  const gateway = new Gateway({ motoUrl: moto.url, services: { route53 } });
  await gateway.start();
  const client = new Route53Client({
    endpoint: gateway.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  return {
    setup,
    dir,
    gateway,
    route53,
    client,
    async createZone(name) {
      const made = await client.send(
        new CreateHostedZoneCommand({ Name: name, CallerReference: `${name} ${Math.random()}` }),
      );
      const id = made.HostedZone?.Id?.replace('/hostedzone/', '') ?? '';
      return { id, nameServers: made.DelegationSet?.NameServers ?? [] };
    },
    async change(zoneId, ...changes) {
      const command = new ChangeResourceRecordSetsCommand({
        HostedZoneId: zoneId,
        ChangeBatch: { Changes: changes },
      });
      const { ChangeInfo: info } = await client.send(command);
      return info?.Id ?? '';
    },
    async stop() {
      client.destroy();
      await gateway.stop();
      await moto.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** A change of a simple record set with a TTL of 60 s. */
export function changeOf(
  action: 'CREATE' | 'DELETE' | 'UPSERT',
  name: string,
  type: RRType,
  ...values: string[]
): Route53Change {
  const records = values.map((Value) => ({ Value }));
  return { Action: action, ResourceRecordSet: { Name: name, Type: type, TTL: 60, ResourceRecords: records } };
}
