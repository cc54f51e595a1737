import type { AwsRequest } from '../gateway/request.ts';
import { type Complaint, checkValue } from './check-value.ts';
import { checkLimits } from './documented-limits.ts';
import type { FindModel } from './load-models.ts';
import { type ReadRequest, readRest } from './read-rest.ts';
import { readForm, readJson } from './read-rpc.ts';
import type { ServiceModel } from './service-model.ts';

/**
 * Holds a request against AWS's API model of its service, and against limits that AWS documents beside it. Returns a line for
 * each thing that is not as it has to be, such as `ssm SendCommand: Comment: 101 characters, at most 100`.
 */
export function checkRequest(findModel: FindModel, request: AwsRequest): Complaint[] {
  const { service } = request;
  const model = findModel(service);
  if (!model) return [`${service}: botocore has no API model of it`];
  const read = readRequest(model, request);
  if (typeof read === 'string') return [`${service} ${request.method} ${request.path}: ${read}`];
  const { operation, input, complaints = [] } = read;
  const found = [
    ...complaints,
    ...(operation.input ? checkValue(model, operation.input, input) : []),
    ...checkLimits(`${service} ${operation.name}`, input),
  ];
  return found.map((complaint) => `${service} ${operation.name}: ${complaint}`);
}

function readRequest(model: ServiceModel, request: AwsRequest): ReadRequest | Complaint {
  const { headers } = request;
  const { protocol, protocols = [protocol] } = model.metadata;
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  if (headers['x-amz-target'] && protocols.includes('json')) return readJson(model, request);
  if (isForm && protocols.includes('query')) return readForm(model, request);
  if (protocol.startsWith('rest-')) return readRest(model, request);
  return `sent in another protocol than ${protocols.join(', ')}, or in one that is not read here`;
}
