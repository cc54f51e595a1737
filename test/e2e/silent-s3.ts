import {
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
} from '@aws-sdk/client-eventbridge';
import type { DeployedLine } from './deployed-line.ts';

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Runs `body` while S3 tells nobody of new files, as in the first minutes of a bucket. */
export async function whileS3IsSilent<Result>(
  { cloud }: Pick<DeployedLine, 'cloud'>,
  body: () => Promise<Result>,
): Promise<Result> {
  const events = new EventBridgeClient({ endpoint: cloud.endpoint, region: 'us-east-1', credentials });
  const { Rules = [] } = await events.send(new ListRulesCommand({}));
  const [rule, ...others] = Rules.filter(({ EventPattern }) => EventPattern?.includes('Object Created'));
  if (!rule || others.length > 0) throw new Error('not one rule, but others too, hear of new files');
  const forgetting = async (change: Promise<unknown>) => {
    await change;
    cloud.parts.aws.buses.forget();
  };
  await forgetting(events.send(new DisableRuleCommand({ Name: rule.Name })));
  try {
    return await body();
  } finally {
    await forgetting(events.send(new EnableRuleCommand({ Name: rule.Name })));
    events.destroy();
  }
}
