import * as z from 'zod/mini';
import { remembering } from './recent.ts';

const KEPT = 2_000;
/** Of what is longer only the last is kept, as it was written or read: the index of the bucket, which each check does. */
const LONGEST = 20_000;
/** What is shorter is parsed as fast. */
const SHORTEST = 40;

type Parse = (value: unknown, params?: object) => { success: boolean; data?: unknown };

/**
 * The same text gives the same value, and the same value the same parse: a check reads mostly what the check before it read.
 * All of it is frozen, so that whoever changes what was parsed gets an error instead of changing it for others. Only while
 * `isOn`.
 */
export function rememberJson(isOn: () => boolean): void {
  const { parse, stringify } = JSON;
  const frozen = (text: string) => {
    const value: unknown = parse(text);
    freeze(value);
    return { value };
  };
  const known = remembering(KEPT, frozen);
  let long = { text: '', value: undefined as unknown };
  JSON.parse = (text, reviver) => {
    if (reviver !== undefined || typeof text !== 'string' || text.length < SHORTEST || !isOn())
      return parse(text, reviver);
    if (text.length <= LONGEST) return known(text).value;
    if (long.text !== text) long = { text, ...frozen(text) };
    return long.value;
  };
  JSON.stringify = (...[value, ...form]: [unknown]) => {
    const text = stringify(value, ...form);
    if (form.length > 0 || !(text?.length > LONGEST) || !isOn() || !isJson(value)) return text;
    freeze(value);
    long = { text, value };
    return text;
  };
  for (const schema of Object.values(z)) rememberSchema(schema, isOn);
}

/** Zod binds a method to a schema when it is first read; what is bound is put around with what it said of frozen values. */
function rememberSchema(schema: unknown, isOn: () => boolean): void {
  const prototype: object | undefined = typeof schema === 'function' ? schema.prototype : undefined;
  const method = prototype && Object.getOwnPropertyDescriptor(prototype, 'safeParse');
  const bind = method?.get;
  if (!prototype || !bind) return;
  Object.defineProperty(prototype, 'safeParse', {
    ...method,
    get() {
      const value = remembered(bind.call(this), isOn);
      Object.defineProperty(this, 'safeParse', { value, configurable: true, writable: true });
      return value;
    },
  });
}

function remembered(parse: Parse, isOn: () => boolean): Parse {
  const known = new WeakMap<object, ReturnType<Parse>>();
  return (value, params) => {
    if (typeof value !== 'object' || value === null || !Object.isFrozen(value) || !isOn())
      return parse(value, params);
    const found = known.get(value);
    if (found) return found;
    const parsed = parse(value, params);
    if (parsed.success && freeze(parsed.data)) known.set(value, parsed);
    return parsed;
  };
}

/** Whether a value is what its text would be parsed to. */
function isJson(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isJson);
  if (typeof value !== 'object') return typeof value === 'string' || Number.isFinite(value);
  return (
    value !== null && Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isJson)
  );
}

/** Freezes lists and plain objects with all that is in them; whether there was nothing else. What is frozen was by this. */
function freeze(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return true;
  let isPlain = true;
  if (Array.isArray(value)) for (const one of value) isPlain = freeze(one) && isPlain;
  else {
    if (Object.getPrototypeOf(value) !== Object.prototype) return false;
    for (const key in value) isPlain = freeze((value as Record<string, unknown>)[key]) && isPlain;
  }
  if (isPlain) Object.freeze(value);
  return isPlain;
}
