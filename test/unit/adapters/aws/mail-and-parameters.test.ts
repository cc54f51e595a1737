import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { noticeTopic } from '../../../../lib/adapters/aws/notice-topic.ts';
import { ParameterStore } from '../../../../lib/adapters/aws/parameter-store.ts';
import { awsError, stubbed } from '../../../fakes/stubbed-client.ts';

describe('a mail', () => {
  it('goes to the topic with its subject and text', async () => {
    const { client, sent } = stubbed(new SNSClient({ region: 'eu-central-1' }), () => undefined);
    await noticeTopic(client, 'arn:topic').send({ subject: 'shop', text: 'is due' });
    expect(sent.map(({ input }) => input)).toEqual([
      { TopicArn: 'arn:topic', Subject: 'shop', Message: 'is due' },
    ]);
  });

  it('that is not taken is an error, so that it comes again', async () => {
    const { client } = stubbed(new SNSClient({ region: 'eu-central-1' }), () => {
      throw awsError('AuthorizationError');
    });
    await expect(noticeTopic(client, 'arn:topic').send({ subject: 's', text: 't' })).rejects.toMatchObject({
      reason: 'notices-unavailable',
    });
  });
});

describe('a parameter', () => {
  const store = (answer: () => object) => {
    const { client, sent } = stubbed(new SSMClient({ region: 'eu-central-1' }), answer);
    return { parameters: new ParameterStore(client), sent };
  };

  it('is read in clear: it is stored encrypted', async () => {
    const { parameters, sent } = store(() => ({ Parameter: { Value: 'x' } }));
    expect(await parameters.get('/p/a')).toBe('x');
    expect(sent[0]?.input).toEqual({ Name: '/p/a', WithDecryption: true });
  });

  it('that is not there is none, and removed', async () => {
    const { parameters } = store(() => {
      throw awsError('ParameterNotFound');
    });
    expect(await parameters.get('/p/a')).toBeUndefined();
    await parameters.remove('/p/a');
  });

  it('that may not be read or removed is not taken for one that is not there', async () => {
    const { parameters } = store(() => {
      throw awsError('AccessDeniedException');
    });
    await expect(parameters.get('/p/a')).rejects.toMatchObject({ reason: 'parameter-unavailable' });
    await expect(parameters.remove('/p/a')).rejects.toMatchObject({ reason: 'parameter-unavailable' });
  });
});
