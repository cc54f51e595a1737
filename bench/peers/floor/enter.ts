import { fileURLToPath } from 'node:url';
import { ListHostedZonesByNameCommand, Route53Client } from '@aws-sdk/client-route-53';
import { runCommand } from '../../../local/setup/run-command.ts';
import type { Participant, Taken, Target } from '../participant.ts';

const PROGRAM = fileURLToPath(new URL('./program.ts', import.meta.url));

/** What cannot be beaten: propagation and the CA's own requests, and nothing else. */
export function enterFloor(cloud: Target, zone: string): Participant {
  const env = { ...cloud.parts.aws.environmentOf('bench/floor'), NODE_EXTRA_CA_CERTS: cloud.caTlsFile };
  return {
    id: 'floor',
    kind: 'floor',
    title: 'floor: propagation and the CA',
    version: 'of this commit',
    principal: /bench\/floor$/,
    async issue() {
      // It stores nothing, so a renewal is a first issue.
    },
    async renew(names, propagationMs) {
      const options = ['--directory', cloud.directoryUrl, '--zone', await idOf(cloud, zone)];
      const wait = ['--wait', String(propagationMs)];
      const said = await runCommand(process.execPath, [PROGRAM, ...options, ...wait, ...names], { env });
      return JSON.parse(said) as Taken;
    },
  };
}

async function idOf({ endpoint }: Target, zone: string): Promise<string> {
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const route53 = new Route53Client({ endpoint, region: 'us-east-1', credentials });
  const { HostedZones } = await route53.send(new ListHostedZonesByNameCommand({ DNSName: zone }));
  route53.destroy();
  return HostedZones?.[0]?.Id?.replace('/hostedzone/', '') ?? '';
}
