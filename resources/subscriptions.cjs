const { createHash } = require('node:crypto');

// Who is told, by params.notify. An endpoint that stays keeps its subscription, whatever stands before it in the list.
module.exports = async ({ resolveVariable }) => {
  const endpoints = (await resolveVariable('self:custom.params.notify')).split(',').filter(Boolean);
  if (endpoints.length === 0) return {};
  return {
    Resources: Object.fromEntries(
      endpoints.map((Endpoint) => [
        `Subscription${createHash('sha256').update(Endpoint).digest('hex').slice(0, 8)}`,
        {
          Type: 'AWS::SNS::Subscription',
          Properties: { TopicArn: { Ref: 'AlarmTopic' }, Protocol: protocolOf(Endpoint), Endpoint },
        },
      ]),
    ),
  };
};

function protocolOf(endpoint) {
  if (endpoint.startsWith('https://')) return 'https';
  return endpoint.startsWith('arn:') ? 'sqs' : 'email';
}
