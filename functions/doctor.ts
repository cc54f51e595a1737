import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readDirectory } from '../lib/adapters/acme/directory.ts';
import { describeAccounts } from '../lib/adapters/aws/describe-account.ts';
import { topicSubscriptions } from '../lib/adapters/aws/notice-topic.ts';
import { route53ZonesToRead } from '../lib/adapters/aws/route53-zones-of.ts';
import { S3Store } from '../lib/adapters/aws/s3-store.ts';
import { SsmHosts } from '../lib/adapters/aws/ssm-hosts.ts';
import { taggedInstances } from '../lib/adapters/aws/tagged-instances.ts';
import { DnsResolver } from '../lib/adapters/net/node-resolver.ts';
import { PublicValidatingResolver } from '../lib/adapters/net/public-validating-resolver.ts';
import { trustRoots } from '../lib/adapters/node/trust-roots.ts';
import { invoked, logger } from '../lib/lambda/handler.ts';
import { readSettings } from '../lib/lambda/settings.ts';
import { type DoctorDeps, diagnose } from '../lib/reporting/doctor/doctor.ts';

const settings = readSettings(process.env);
trustRoots(settings.caRoots);
const ssm = new SSMClient();
const store = new S3Store(new S3Client(), settings.bucket);

const deps: DoctorDeps = {
  store,
  zonesOf: route53ZonesToRead(settings.zoneRoles),
  hosts: new SsmHosts(ssm, settings),
  instances: taggedInstances(new ResourceGroupsTaggingAPIClient()),
  resolver: new DnsResolver(settings.dns),
  validating: new PublicValidatingResolver(settings.dns),
  describeAccount: describeAccounts({ store, ssm, prefix: settings.accountPrefix }),
  readDirectory,
  subscriptions: topicSubscriptions(new SNSClient(), settings),
  stack: settings,
};

/** Searches for what would stop a renewal or a deployment, and changes nothing; answers with a line for each check. */
export const handler = invoked(async (event) => {
  const { findings, ...diagnosis } = await diagnose(deps, event, new Date());
  for (const finding of findings.filter(({ status }) => status !== 'ok'))
    logger.warn('trouble found', { finding });
  return { ...diagnosis, findings };
});
