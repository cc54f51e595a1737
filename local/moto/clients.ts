import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';

/** SDK clients that ask moto itself: for what AWS does inside, which is in no call log and meets no fault. */
export interface MotoClients {
  cloudFormation: CloudFormationClient;
  eventBridge: EventBridgeClient;
  lambda: LambdaClient;
  sqs: SQSClient;
}

/** `region` is asked for at each request. */
export function createMotoClients(motoUrl: string, region: () => string): MotoClients {
  const settings = {
    endpoint: motoUrl,
    region: async () => region(),
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  return {
    cloudFormation: new CloudFormationClient(settings),
    eventBridge: new EventBridgeClient(settings),
    lambda: new LambdaClient(settings),
    sqs: new SQSClient({ ...settings, md5: false }),
  };
}
