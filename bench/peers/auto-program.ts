import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ChangeResourceRecordSetsCommand,
  ListHostedZonesByNameCommand,
  Route53Client,
  waitUntilResourceRecordSetsChanged,
} from '@aws-sdk/client-route-53';
import acme from 'acme-client';

const ZONE = 'example.com';
const route53 = new Route53Client({});

/** What a person writes by acme-client's README: `auto()` for one name after another, a TXT record for each. */
async function main([directoryUrl = '', folder = '', ...names]: string[]): Promise<void> {
  const { HostedZones = [] } = await route53.send(new ListHostedZonesByNameCommand({ DNSName: ZONE }));
  const HostedZoneId = HostedZones[0]?.Id;
  const accountKey = await readAccountKey(join(folder, 'account.pem'));
  const client = new acme.Client({ directoryUrl, accountKey });

  const change = async (Action: 'UPSERT' | 'DELETE', name: string, value: string) => {
    const ResourceRecordSet = {
      Name: `_acme-challenge.${name}`,
      Type: 'TXT' as const,
      TTL: 60,
      ResourceRecords: [{ Value: `"${value}"` }],
    };
    const { ChangeInfo } = await route53.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId,
        ChangeBatch: { Changes: [{ Action, ResourceRecordSet }] },
      }),
    );
    return ChangeInfo?.Id;
  };

  for (const name of names) {
    const [key, csr] = await acme.crypto.createCsr({ altNames: [name] });
    const certificate = await client.auto({
      csr,
      email: 'you@example.com',
      termsOfServiceAgreed: true,
      challengePriority: ['dns-01'],
      // Its own look at the name servers knows port 53 only; INSYNC is waited for instead.
      skipChallengeVerification: true,
      async challengeCreateFn({ identifier }, _, value) {
        const Id = await change('UPSERT', identifier.value, value);
        await waitUntilResourceRecordSetsChanged(
          { client: route53, maxWaitTime: 300, minDelay: 5, maxDelay: 5 },
          { Id },
        );
      },
      async challengeRemoveFn({ identifier }, _, value) {
        await change('DELETE', identifier.value, value);
      },
    });
    await writeFile(join(folder, `${name}.key`), key);
    await writeFile(join(folder, `${name}.pem`), certificate);
  }
}

async function readAccountKey(file: string): Promise<Buffer> {
  if (existsSync(file)) return readFile(file);
  const key = await acme.crypto.createPrivateEcdsaKey();
  await writeFile(file, key);
  return key;
}

await main(process.argv.slice(2));
