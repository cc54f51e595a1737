/** One of a topic's subscriptions. */
export interface Subscription {
  endpoint: string;
  isConfirmed: boolean;
}

/** Somebody who is to be told, and hears nothing. */
export interface Unheard {
  endpoint: string;
  seen: string;
  remedy: string;
}

/**
 * Who of those that the settings name hears nothing. A subscription that nobody confirms AWS removes after 48 hours (SNS
 * developer guide, "Deleting an Amazon SNS topic and subscription"), and CloudFormation does not make it again.
 */
export function unheard(
  wanted: readonly string[],
  { found, topic }: { found: readonly Subscription[]; topic: string },
): Unheard[] {
  const same = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
  return wanted.flatMap((endpoint): Unheard[] => {
    const own = found.filter((one) => same(one.endpoint, endpoint));
    if (own.some(({ isConfirmed }) => isConfirmed)) return [];
    if (own.length > 0)
      return [
        {
          endpoint,
          seen: `${endpoint} has not confirmed, and hears nothing`,
          remedy: `${confirming(endpoint)} within 48 hours of the deploy, after which AWS forgets it`,
        },
      ];
    const protocol = protocolOf(endpoint);
    return [
      {
        endpoint,
        seen: `${endpoint} is subscribed no more, and hears nothing`,
        remedy: `aws sns subscribe --topic-arn ${topic} --protocol ${protocol} --notification-endpoint ${endpoint}${protocol === 'sqs' ? '' : `; then ${confirming(endpoint)}`}`,
      },
    ];
  });
}

function confirming(endpoint: string): string {
  return protocolOf(endpoint) === 'email'
    ? 'follow the link in the mail "AWS Notification - Subscription Confirmation"'
    : 'have it open the SubscribeURL that SNS sent to it';
}

function protocolOf(endpoint: string): 'https' | 'sqs' | 'email' {
  if (endpoint.startsWith('https://')) return 'https';
  return endpoint.startsWith('arn:') ? 'sqs' : 'email';
}
