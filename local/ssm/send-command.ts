import type { AwsRequest, Forward } from '../gateway/request.ts';
import type { Host } from '../hosts/host.ts';
import type { Hosts } from '../hosts/hosts.ts';
import { SsmApiError } from './api-error.ts';
import { type Command, createCommand, type Target } from './command.ts';
import { type CommandDocument, checkParameters, type ParameterValues, parseDocument } from './document.ts';
import { hasTag } from './instances.ts';

export interface SendCommandRequest {
  DocumentName?: string;
  DocumentVersion?: string;
  InstanceIds?: string[];
  Targets?: Target[];
  Parameters?: ParameterValues;
  Comment?: string;
  TimeoutSeconds?: number;
  MaxConcurrency?: string;
  MaxErrors?: string;
}

const MAX_INSTANCE_IDS = 50;
const MAX_TARGETS = 5;
const COUNT = /^([1-9][0-9]*|[0]|[1-9][0-9]%|[0-9]%|100%)$/;

/** Makes the command that a SendCommand request asks for, or refuses it as AWS does. Source: SSM API reference, SendCommand. */
export async function acceptCommand(
  sent: SendCommandRequest,
  request: AwsRequest,
  ways: Ways,
): Promise<Command> {
  const {
    InstanceIds = [],
    Targets = [],
    TimeoutSeconds = 3600,
    MaxConcurrency = '50',
    MaxErrors = '0',
  } = sent;
  const found = chooseHosts(ways.hosts, { InstanceIds, Targets });
  if (TimeoutSeconds < 30 || TimeoutSeconds > 2_592_000) invalid('TimeoutSeconds must be from 30 to 2592000');
  if (!COUNT.test(MaxConcurrency) || MaxConcurrency === '0')
    invalid(`MaxConcurrency is not valid: ${MaxConcurrency}`);
  if (!COUNT.test(MaxErrors)) invalid(`MaxErrors is not valid: ${MaxErrors}`);
  if ((sent.Comment ?? '').length > 100) invalid('Comment has more than 100 characters');
  const document = await getDocument(sent, request, ways.forward);
  return createCommand(
    {
      documentName: sent.DocumentName ?? '',
      document,
      parameters: checkParameters(document, sent.Parameters ?? {}),
      comment: sent.Comment ?? '',
      instanceIds: InstanceIds,
      targets: Targets,
      timeoutSeconds: TimeoutSeconds,
      maxConcurrency: MaxConcurrency,
      maxErrors: MaxErrors,
    },
    found.map(({ id }) => id),
  );
}

interface Ways {
  hosts: Hosts;
  forward: Forward;
}

function chooseHosts(hosts: Hosts, wanted: { InstanceIds: string[]; Targets: Target[] }): Host[] {
  const { InstanceIds, Targets } = wanted;
  if ((InstanceIds.length === 0) === (Targets.length === 0)) invalid('give either InstanceIds or Targets');
  if (InstanceIds.length > MAX_INSTANCE_IDS) invalid(`at most ${MAX_INSTANCE_IDS} InstanceIds`);
  if (Targets.length > MAX_TARGETS) invalid(`at most ${MAX_TARGETS} Targets`);
  if (new Set(InstanceIds).size < InstanceIds.length)
    throw new SsmApiError('DuplicateInstanceId', 'an instance id is there twice');
  if (Targets.length > 0)
    return hosts.all().filter((host) => Targets.every((target) => isTarget(host, target)));
  return InstanceIds.map((id) => {
    const host = hosts.get(id);
    if (host) return host;
    throw new SsmApiError('InvalidInstanceId', `Instances [[${id}]] not in a valid state for account`);
  });
}

/** Whether a host is among a target's. */
export function isTarget(host: Host, { Key, Values }: Target): boolean {
  if (Key.startsWith('tag:')) return hasTag(host, Key.slice(4), Values);
  if (Key === 'InstanceIds' || Key === 'instanceids') return Values.includes(host.id);
  return invalid(`the local SSM does not know the target ${Key}`);
}

/** The document as it is deployed: asked from moto with the caller's own credentials. */
export async function getDocument(
  sent: Pick<SendCommandRequest, 'DocumentName' | 'DocumentVersion'>,
  request: AwsRequest,
  forward: Forward,
): Promise<CommandDocument> {
  const { DocumentName: Name = '', DocumentVersion } = sent;
  const answer = await forward({
    ...request,
    headers: { ...request.headers, 'x-amz-target': 'AmazonSSM.GetDocument' },
    body: Buffer.from(JSON.stringify({ Name, DocumentVersion, DocumentFormat: 'JSON' })),
  });
  if (answer.status !== 200) throw new SsmApiError('InvalidDocument', `document ${Name} does not exist`);
  return parseDocument(JSON.parse(answer.body.toString()).Content);
}

/** A request of AWS's own to SSM, to ask moto with. */
export function ssmRequest(): AwsRequest {
  const credential = 'Credential=local/20260101/us-east-1/ssm/aws4_request, SignedHeaders=host, Signature=0';
  return {
    service: 'ssm',
    region: 'us-east-1',
    accessKeyId: 'local',
    method: 'POST',
    path: '/',
    headers: {
      authorization: `AWS4-HMAC-SHA256 ${credential}`,
      'content-type': 'application/x-amz-json-1.1',
    },
    body: Buffer.alloc(0),
  };
}

function invalid(why: string): never {
  throw new SsmApiError('ValidationException', why);
}
