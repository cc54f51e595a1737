import { type Complaint, isRecord } from './check-value.ts';

/** 256 KB, of a message of SNS, of all entries of PutEvents, and of what a function is handed asynchronously. */
const MESSAGE_BYTES = 262_144;
const INVOKE_BYTES = 6_291_456;
const KEY_BYTES = 1024;
const SUBJECT_CHARACTERS = 100;
const BATCH_ENTRIES = 10;
const TIME_BYTES = 14;

type Input = Record<string, unknown>;
type Limit = (input: Input) => Complaint[];

/** By service and operation, what its API reference says in words and its model does not have. */
const LIMITS: Readonly<Record<string, Limit>> = {
  // EventBridge user guide, "Calculating PutEvents event entry size"; API reference, PutEvents.
  'events PutEvents': ({ Entries }) => [
    ...entries(Entries).flatMap((entry, at) => [
      ...['Source', 'DetailType', 'Detail']
        .filter((name) => !entry[name])
        .map((name) => `Entries[${at}].${name}: missing`),
      ...(entry.Detail && !isJson(entry.Detail) ? [`Entries[${at}].Detail: not a JSON object`] : []),
    ]),
    ...atMost(sum(entries(Entries).map(entryBytes)), MESSAGE_BYTES, 'Entries: # bytes'),
  ],
  // SNS API reference, Publish.
  'sns Publish': ({ Message, Subject }) => [
    ...atMost(bytes(Message), MESSAGE_BYTES, 'Message: # bytes'),
    ...(Message === '' ? ['Message: empty'] : []),
    ...(Subject === undefined ? [] : subject(String(Subject))),
  ],
  // SQS API reference, SendMessage and SendMessageBatch; the lower of its limits over the years.
  'sqs SendMessage': ({ MessageBody }) => atMost(bytes(MessageBody), MESSAGE_BYTES, 'MessageBody: # bytes'),
  'sqs SendMessageBatch': ({ Entries }) => [
    ...batchEntries(Entries),
    ...atMost(sum(entries(Entries).map((one) => bytes(one.MessageBody))), MESSAGE_BYTES, 'Entries: # bytes'),
  ],
  // SQS API reference, ReceiveMessage.
  'sqs ReceiveMessage': ({ MaxNumberOfMessages, WaitTimeSeconds, VisibilityTimeout }) => [
    ...within('MaxNumberOfMessages', MaxNumberOfMessages, [1, BATCH_ENTRIES]),
    ...within('WaitTimeSeconds', WaitTimeSeconds, [0, 20]),
    ...within('VisibilityTimeout', VisibilityTimeout, [0, 43_200]),
  ],
  'sqs DeleteMessageBatch': ({ Entries }) => batchEntries(Entries),
  'sqs ChangeMessageVisibilityBatch': ({ Entries }) => batchEntries(Entries),
  // Systems Manager API reference, SendCommand.
  'ssm SendCommand': ({ InstanceIds, Targets }) =>
    (count(InstanceIds) === 0) === (count(Targets) === 0) ? ['give either InstanceIds or Targets'] : [],
  // Lambda developer guide, "Lambda quotas".
  'lambda Invoke': ({ Payload, InvocationType }) =>
    atMost(bytes(Payload), InvocationType === 'Event' ? MESSAGE_BYTES : INVOKE_BYTES, 'Payload: # bytes'),
  // S3 user guide, "Naming Amazon S3 objects".
  's3 PutObject': ({ Key }) => atMost(bytes(Key), KEY_BYTES, 'Key: # bytes'),
  's3 CopyObject': ({ Key }) => atMost(bytes(Key), KEY_BYTES, 'Key: # bytes'),
};

/** `operation` is service and name, as in `sns Publish`. */
export function checkLimits(operation: string, input: Input): Complaint[] {
  return LIMITS[operation]?.(input) ?? [];
}

function subject(text: string): Complaint[] {
  return [
    ...(text.length >= SUBJECT_CHARACTERS ? [`Subject: ${text.length} characters, fewer than 100`] : []),
    ...(/^[!-~][ -~]*$/.test(text) ? [] : ['Subject: begins with a space, or is not printable ASCII']),
  ];
}

function batchEntries(list: unknown): Complaint[] {
  const ids = entries(list).map(({ Id }) => String(Id));
  return [
    ...(ids.length === 0 ? ['Entries: none'] : []),
    ...atMost(ids.length, BATCH_ENTRIES, 'Entries: # elements'),
    ...(new Set(ids).size < ids.length ? ['Entries: an Id is there twice'] : []),
    ...ids.filter((id) => !/^[A-Za-z0-9_-]{1,80}$/.test(id)).map((id) => `Entries: the Id ${id} is not one`),
  ];
}

function entryBytes({ Time, Source, DetailType, Detail, Resources }: Input): number {
  const resources = Array.isArray(Resources) ? Resources : [];
  return (Time === undefined ? 0 : TIME_BYTES) + sum([Source, DetailType, Detail, ...resources].map(bytes));
}

function bytes(value: unknown): number {
  return typeof value === 'string' || Buffer.isBuffer(value) ? Buffer.byteLength(value) : 0;
}

function atMost(number: number, limit: number, what: string): Complaint[] {
  return number > limit ? [`${what.replace('#', String(number))}, at most ${limit}`] : [];
}

function within(what: string, value: unknown, [least, most]: [number, number]): Complaint[] {
  if (value === undefined || (Number(value) >= least && Number(value) <= most)) return [];
  return [`${what}: ${value}, not from ${least} to ${most}`];
}

function isJson(text: unknown): boolean {
  try {
    return isRecord(JSON.parse(String(text)));
  } catch {
    return false;
  }
}

const entries = (list: unknown): Input[] => (Array.isArray(list) ? list.filter(isRecord) : []);
const count = (list: unknown) => (Array.isArray(list) ? list.length : 0);
const sum = (numbers: number[]) => numbers.reduce((all, one) => all + one, 0);
