import type { AwsRequest } from '../gateway/request.ts';
import { type Complaint, isRecord } from './check-value.ts';
import { type FoundOperation, findOperation } from './find-operation.ts';
import { parseXml } from './parse-xml.ts';
import { fromText, ValueReader } from './read-value.ts';
import { type Member, type Operation, type ServiceModel, shapeOf } from './service-model.ts';

export interface ReadRequest {
  operation: Operation;
  input: Record<string, unknown>;
  /** of what is in the request and no part of an input */
  complaints?: Complaint[];
}

/** What SDKs and signatures add to the query of any request. */
const OF_ANY_REQUEST = /^(x-id|x-amz-.*)$/i;

/** Reads the input of a REST request from its path, query, headers and body. */
export function readRest(model: ServiceModel, request: AwsRequest): ReadRequest | Complaint {
  const found = findOperation(model, request);
  if (!found) return 'no operation has such an address';
  const { operation } = found;
  const { members = {}, payload } = operation.input ? shapeOf(model, operation.input) : {};
  const input: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(members)) {
    const value = member.location ? located({ model, request, found, name, member }) : undefined;
    if (value !== undefined) input[name] = value;
  }
  const body = readBody(model, request, operation);
  if (typeof body === 'string') return body;
  if (payload === undefined) Object.assign(input, body);
  else if (body !== undefined) input[payload] = body;
  return { operation, input, complaints: unknownQuery(found, members) };
}

interface Located {
  model: ServiceModel;
  request: AwsRequest;
  found: FoundOperation;
  name: string;
  member: Member;
}

function located({ model, request, found, name, member }: Located): unknown {
  const { location, locationName = name } = member;
  const { type, member: element } = shapeOf(model, member);
  if (location === 'uri') return fromText(type, found.labels[locationName]);
  if (location === 'querystring') {
    const all = found.query.getAll(locationName);
    if (all.length === 0) return undefined;
    return type === 'list' && element
      ? all.map((one) => fromText(shapeOf(model, element).type, one))
      : fromText(type, all[0]);
  }
  if (location === 'headers') return headersBelow(locationName.toLowerCase(), request.headers);
  const value = request.headers[locationName.toLowerCase()];
  // A header of a list has its elements between commas.
  return type === 'list' && value !== undefined
    ? value.split(',').map((one) => one.trim())
    : fromText(type, value);
}

function headersBelow(prefix: string, headers: Record<string, string>): Record<string, string> | undefined {
  const below = Object.entries(headers).filter(([name]) => name.startsWith(prefix));
  if (below.length === 0) return undefined;
  return Object.fromEntries(below.map(([name, value]) => [name.slice(prefix.length), value]));
}

/** The payload's value, or the members of a body; text where it cannot be read. */
function readBody(model: ServiceModel, { body }: AwsRequest, { input }: Operation): unknown {
  if (!input) return {};
  const { members = {}, payload } = shapeOf(model, input);
  const member = payload === undefined ? input : members[payload];
  if (!member) return {};
  const { type } = shapeOf(model, member);
  if (type === 'blob') return body.length > 0 ? body : undefined;
  if (body.length === 0) return payload === undefined ? {} : undefined;
  try {
    const isXml = model.metadata.protocol === 'rest-xml';
    const given = isXml ? Object.values(parseXml(`${body}`))[0] : JSON.parse(`${body}`);
    const value = new ValueReader(model, isXml ? 'xml' : 'json').read(member, given);
    return payload !== undefined || isRecord(value) ? value : 'the body is no structure';
  } catch (error) {
    return `the body cannot be read: ${(error as Error).message}`;
  }
}

function unknownQuery({ operation, query }: FoundOperation, members: Record<string, Member>): Complaint[] {
  const known = new Set(new URLSearchParams(operation.http.requestUri.split('?')[1]).keys());
  for (const [name, { location, locationName = name }] of Object.entries(members))
    if (location === 'querystring') known.add(locationName);
  const unknown = [...query.keys()].filter((name) => !known.has(name) && !OF_ANY_REQUEST.test(name));
  return unknown.map((name) => `?${name}: unknown`);
}
