import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { HOME_REGION, inRegion } from '../gateway/scope.ts';

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
    region: HOME_REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const clients = {
    cloudFormation: new CloudFormationClient(settings),
    eventBridge: new EventBridgeClient(settings),
    lambda: new LambdaClient(settings),
    sqs: new SQSClient({ ...settings, md5: false }),
  };
  for (const { config } of Object.values(clients)) moveRequests(config, region);
  return clients;
}

/** A client keeps the region that it had first; what it has signed is moved, as moto looks at no signature. */
function moveRequests(
  { requestHandler }: Pick<SQSClient['config'], 'requestHandler'>,
  region: () => string,
): void {
  const handle = requestHandler.handle.bind(requestHandler);
  requestHandler.handle = (request, ...options) => {
    request.headers = inRegion(request.headers, region());
    return handle(request, ...options);
  };
}
