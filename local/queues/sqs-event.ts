import type { Message } from '@aws-sdk/client-sqs';

/** The event that Lambda makes of messages of a queue. Source: AWS, "Using Lambda with Amazon SQS". */
export function sqsEvent(queueArn: string, messages: Message[]): string {
  return JSON.stringify({ Records: messages.map((message) => record(queueArn, message)) });
}

function record(queueArn: string, message: Message) {
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [
        name,
        {
          stringValue: value.StringValue,
          stringListValues: [],
          binaryListValues: [],
          dataType: value.DataType,
        },
      ]),
    ),
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(':')[3],
  };
}
