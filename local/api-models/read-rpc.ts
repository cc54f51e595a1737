import type { AwsRequest } from '../gateway/request.ts';
import { type Complaint, isRecord } from './check-value.ts';
import type { ReadRequest } from './read-rest.ts';
import { type Notation, ValueReader } from './read-value.ts';
import type { Operation, ServiceModel } from './service-model.ts';

/** Reads the input of a request whose header `X-Amz-Target` names its operation, with JSON in its body. */
export function readJson(model: ServiceModel, { headers, body }: AwsRequest): ReadRequest | Complaint {
  const [prefix, name = ''] = (headers['x-amz-target'] ?? '').split('.');
  const { targetPrefix } = model.metadata;
  if (prefix !== targetPrefix) return `the target ${prefix} is not ${targetPrefix}`;
  const operation = model.operations[name];
  if (!operation) return `there is no operation ${name}`;
  try {
    return inputOf(model, operation, { notation: 'json', given: JSON.parse(`${body}` || '{}') });
  } catch {
    return 'the body is not JSON';
  }
}

/** Reads the input of a request that is a form: `Action`, `Version`, and members such as `Tags.member.1.Key`. */
export function readForm(model: ServiceModel, { body }: AwsRequest): ReadRequest | Complaint {
  const { Action = '', Version: _, ...given } = Object.fromEntries(new URLSearchParams(`${body}`));
  const operation = model.operations[Action];
  if (!operation) return `there is no operation ${Action}`;
  return inputOf(model, operation, { notation: 'form', given: unfold(given) });
}

function inputOf(
  model: ServiceModel,
  operation: Operation,
  { notation, given }: { notation: Notation; given: unknown },
): ReadRequest {
  const read = operation.input ? new ValueReader(model, notation).read(operation.input, given) : {};
  return isRecord(read)
    ? { operation, input: read }
    : { operation, input: {}, complaints: ['not a structure'] };
}

/** `a.b.1=x` as `{ a: { b: { 1: 'x' } } }`. */
function unfold(form: Record<string, string>): Record<string, unknown> {
  const tree: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(form)) {
    const steps = name.split('.');
    const last = steps.pop() ?? '';
    let at = tree;
    for (const step of steps) {
      const next = isRecord(at[step]) ? at[step] : {};
      at[step] = next;
      at = next;
    }
    at[last] = value;
  }
  return tree;
}
