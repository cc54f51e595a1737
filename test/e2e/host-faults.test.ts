import { ListDocumentsCommand, SendCommandCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fleet } from './host-faults/fleet.ts';
import { fleetFaults } from './host-faults/rows.ts';

let fleet: Fleet;
beforeAll(async () => {
  fleet = await Fleet.start(fleetFaults.map(({ lineage }) => lineage));
});
afterAll(() => fleet?.stop());

describe('the deployed stack and three hosts', () => {
  for (const { row, fault, lineage, run } of fleetFaults)
    it(`row ${row}: ${fault}`, () => fleet.probed(lineage, () => run(fleet)));
});

describe('row 41: the deployed document', () => {
  it.each([
    ['names', '; rm -rf /'],
    ['names', '$(id)'],
    ['names', '../../etc'],
    ['names', 'a\u0001b'],
    ['names', 'ехаmple.com'],
    ['container', '--privileged'],
    ['root', '/mnt/../etc'],
  ])('lets no command with %s = %j be sent', async (parameter, value) => {
    const ssm = new SSMClient({
      endpoint: fleet.line.cloud.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const { DocumentIdentifiers = [] } = await ssm.send(
      new ListDocumentsCommand({ Filters: [{ Key: 'Owner', Values: ['Self'] }] }),
    );
    const good = {
      bucket: fleet.line.bucket,
      region: 'us-east-1',
      names: 'a',
      root: '/mnt/letsencrypt',
      reload: 'container',
      container: 'web',
      port: '443',
    };
    const sent = ssm.send(
      new SendCommandCommand({
        DocumentName: DocumentIdentifiers[0]?.Name,
        InstanceIds: [fleet.hosts[0].id],
        Parameters: Object.fromEntries(
          Object.entries({ ...good, [parameter]: value }).map(([key, text]) => [key, [text]]),
        ),
      }),
    );
    await expect(sent).rejects.toMatchObject({ name: 'InvalidParameters' });
    ssm.destroy();
  });
});
