import { paginateListHostedZones, Route53Client } from '@aws-sdk/client-route-53';
import { errorText } from '../../lib/adapters/aws/error-name.ts';
import { findRegion } from '../../lib/adapters/aws/find-region.ts';

const LIMIT_MS = 10_000;
const MOST = 1_000;

/** The names of the account's public hosted zones, or why they are not known: nobody needs credentials to write settings. */
export async function listDomains(): Promise<{ domains: string[] } | { unknown: string }> {
  const client = new Route53Client({ region: (await findRegion()) ?? 'us-east-1', maxAttempts: 2 });
  const abortSignal = AbortSignal.timeout(LIMIT_MS);
  const domains = new Set<string>();
  try {
    const pages = paginateListHostedZones({ client }, {}, { abortSignal });
    for await (const { HostedZones = [] } of pages) {
      for (const { Name = '', Config } of HostedZones)
        if (!Config?.PrivateZone) domains.add(Name.replace(/\.$/, ''));
      if (domains.size >= MOST) break;
    }
    return { domains: [...domains].sort() };
  } catch (error) {
    return { unknown: `could not list the account's hosted zones: ${errorText(error)}` };
  } finally {
    client.destroy();
  }
}
