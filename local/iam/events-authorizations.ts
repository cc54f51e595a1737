import type { AwsRequest } from '../gateway/request.ts';
import { ACCOUNT, type Authorization } from './authorization.ts';

interface Entry {
  EventBusName?: string;
  Source?: string;
  DetailType?: string;
}

/** What an EventBridge request needs, for each event; `undefined` for one that is not known here. */
export function eventsAuthorizations(
  { region, body }: AwsRequest,
  action: string,
): Authorization[] | undefined {
  if (action !== 'PutEvents') return undefined;
  const { Entries = [] } = JSON.parse(body.toString()) as { Entries?: Entry[] };
  return Entries.map(({ EventBusName = 'default', Source = '', DetailType = '' }) => ({
    action: 'events:PutEvents',
    resource: EventBusName.startsWith('arn:')
      ? EventBusName
      : `arn:aws:events:${region}:${ACCOUNT}:event-bus/${EventBusName}`,
    context: { 'events:source': [Source], 'events:detail-type': [DetailType] },
  }));
}
