import { CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import type { LocalCloud } from '../local/cloud.ts';

/** Makes a public hosted zone in the local Route 53. */
export async function createZone({ endpoint }: LocalCloud, name: string): Promise<void> {
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const route53 = new Route53Client({ endpoint, region: 'us-east-1', credentials });
  await route53.send(new CreateHostedZoneCommand({ Name: name, CallerReference: name }));
  route53.destroy();
}
