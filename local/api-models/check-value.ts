import { fullMatch } from './full-match.ts';
import { type Member, type ServiceModel, type Shape, shapeOf } from './service-model.ts';

/** What is wrong and where, such as `Targets[0].Values: 51 elements, at most 50`. */
export type Complaint = string;

interface Place {
  model: ServiceModel;
  shape: Shape;
  /** the path of the member from the input on */
  where: string;
}

/** As JSON has them beside numbers. */
const NOT_FINITE = ['NaN', 'Infinity', '-Infinity'];
const SHOWN = 60;

/**
 * Holds an input, as read from a request, against its shape: types, required and unknown members, lengths, ranges, enums and
 * patterns. `null` is no member. Returns nothing for one that conforms.
 */
export function checkValue(model: ServiceModel, member: Member, value: unknown, where = ''): Complaint[] {
  const shape = shapeOf(model, member);
  const place = { model, shape, where };
  if (shape.document) return [];
  if (shape.type === 'structure')
    return isRecord(value) ? structure(value, place) : [`${where}: not a structure`];
  if (shape.type === 'list') return Array.isArray(value) ? list(value, place) : [`${where}: not a list`];
  if (shape.type === 'map') return isRecord(value) ? map(value, place) : [`${where}: not a map`];
  return scalar(value, place);
}

function structure(value: Record<string, unknown>, { model, shape, where }: Place): Complaint[] {
  const { members = {}, required = [], union } = shape;
  const given = Object.entries(value).filter(([, one]) => one !== undefined && one !== null);
  const names = given.map(([name]) => name);
  const missing = required.filter((name) => !names.includes(name));
  const inside = given.flatMap(([name, one]) => {
    const member = members[name];
    return member ? checkValue(model, member, one, path(where, name)) : [`${path(where, name)}: unknown`];
  });
  return [
    ...missing.map((name) => `${path(where, name)}: missing`),
    ...(union && names.length !== 1 ? [`${where}: ${names.length} members, where one is taken`] : []),
    ...inside,
  ];
}

function list(value: unknown[], { model, shape, where }: Place): Complaint[] {
  const { member } = shape;
  const inside = (one: unknown, at: number) =>
    member ? checkValue(model, member, one, `${where}[${at}]`) : [];
  return [...range(value.length, shape, `${where}: # elements`), ...value.flatMap(inside)];
}

function map(value: Record<string, unknown>, { model, shape, where }: Place): Complaint[] {
  const entries = Object.entries(value);
  const inside = entries.flatMap(([name, one]) => [
    ...(shape.key ? checkValue(model, shape.key, name, `${where}: key ${name}`) : []),
    ...(shape.value ? checkValue(model, shape.value, one, path(where, name)) : []),
  ]);
  return [...range(entries.length, shape, `${where}: # entries`), ...inside];
}

function scalar(value: unknown, { shape, where }: Place): Complaint[] {
  switch (shape.type) {
    case 'string':
      return typeof value === 'string' ? text(value, shape, where) : [`${where}: not text`];
    case 'blob':
      return Buffer.isBuffer(value)
        ? range(value.length, shape, `${where}: # bytes`)
        : [`${where}: not base64`];
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${where}: not true or false`];
    case 'timestamp':
      return isTime(value) ? [] : [`${where}: not a time`];
    case 'integer':
    case 'long':
      return Number.isInteger(value)
        ? range(Number(value), shape, `${where}: #`)
        : [`${where}: not a whole number`];
    default:
      if (typeof value === 'number') return range(value, shape, `${where}: #`);
      return NOT_FINITE.includes(String(value)) ? [] : [`${where}: not a number`];
  }
}

function text(value: string, shape: Shape, where: string): Complaint[] {
  const { enum: known, pattern } = shape;
  const shown = JSON.stringify(value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value);
  const isUnlike = pattern !== undefined && !fullMatch(pattern, value);
  return [
    ...range([...value].length, shape, `${where}: # characters`),
    ...(known && !known.includes(value) ? [`${where}: ${shown} is none of its values`] : []),
    ...(isUnlike ? [`${where}: ${shown} does not match ${pattern}`] : []),
  ];
}

/** `what` has a `#` where the number goes. */
function range(number: number, { min, max }: Shape, what: string): Complaint[] {
  const counted = what.replace('#', String(number));
  if (min !== undefined && number < min) return [`${counted}, at least ${min}`];
  if (max !== undefined && number > max) return [`${counted}, at most ${max}`];
  return [];
}

function isTime(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && !Number.isNaN(Date.parse(value)));
}

const path = (where: string, name: string) => (where === '' ? name : `${where}.${name}`);

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);
}
