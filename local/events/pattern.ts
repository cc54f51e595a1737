type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

/** A pattern that uses something that is not imitated here; better to fail than to match wrongly. */
export class UnsupportedPatternError extends Error {
  override name = 'UnsupportedPatternError';
}

/**
 * Whether an event matches an EventBridge event pattern: exact values, `prefix`, `suffix`,
 * `equals-ignore-case`, `wildcard`, `anything-but`, `exists`, `numeric` and `$or`.
 * Source: AWS, "Comparison operators for use in event patterns in Amazon EventBridge".
 */
export function matchesPattern(pattern: unknown, event: unknown): boolean {
  return matchesObject(pattern as JsonObject, event as JsonObject);
}

function matchesObject(pattern: JsonObject, event: JsonObject): boolean {
  return Object.entries(pattern).every(([field, expected]) => {
    if (field === '$or') return (expected as JsonObject[]).some((choice) => matchesObject(choice, event));
    const actual = event[field];
    if (Array.isArray(expected)) return expected.some((filter) => matchesFilter(filter, actual));
    if (!isObject(expected)) throw new UnsupportedPatternError(`"${field}" must be an object or an array`);
    const candidates = Array.isArray(actual) ? actual : [actual];
    return candidates.some((candidate) => matchesObject(expected, isObject(candidate) ? candidate : {}));
  });
}

/** An array in the event matches when one of its elements does. */
function matchesFilter(filter: Json, actual: Json | undefined): boolean {
  if (isObject(filter) && 'exists' in filter) {
    return filter.exists === (actual !== undefined && !isObject(actual));
  }
  if (Array.isArray(actual)) return actual.some((element) => matchesFilter(filter, element));
  if (actual === undefined || isObject(actual)) return false;
  return isObject(filter) ? matchesOperator(filter, actual) : filter === actual;
}

function matchesOperator(filter: JsonObject, actual: Json): boolean {
  const [operator, operand] = Object.entries(filter)[0] ?? [];
  if (operator === undefined || operand === undefined) throw new UnsupportedPatternError('an empty filter');
  switch (operator) {
    case 'anything-but':
      return !alternatives(operand).some((excluded) => matchesFilter(excluded, actual));
    case 'prefix':
      return isObject(operand)
        ? lower(actual).startsWith(lower(operand['equals-ignore-case']))
        : text(actual).startsWith(text(operand));
    case 'suffix':
      return isObject(operand)
        ? lower(actual).endsWith(lower(operand['equals-ignore-case']))
        : text(actual).endsWith(text(operand));
    case 'equals-ignore-case':
      return alternatives(operand).some((one) => lower(one) === lower(actual));
    case 'wildcard':
      return alternatives(operand).some((one) => wildcard(text(one)).test(text(actual)));
    case 'numeric':
      return typeof actual === 'number' && matchesNumeric(operand as Json[], actual);
    default:
      throw new UnsupportedPatternError(`the operator "${operator}"`);
  }
}

/** `["a", "b"]`, `"a"` and, in anything-but, `{ "prefix": ["a", "b"] }` all name alternatives. */
function alternatives(operand: Json): Json[] {
  if (Array.isArray(operand)) return operand;
  if (!isObject(operand)) return [operand];
  return Object.entries(operand).flatMap(([operator, inner]) =>
    (Array.isArray(inner) ? inner : [inner]).map((one) => ({ [operator]: one })),
  );
}

const COMPARISONS: Record<string, (actual: number, limit: number) => boolean> = {
  '=': (actual, limit) => actual === limit,
  '<': (actual, limit) => actual < limit,
  '<=': (actual, limit) => actual <= limit,
  '>': (actual, limit) => actual > limit,
  '>=': (actual, limit) => actual >= limit,
};

function matchesNumeric(operand: Json[], actual: number): boolean {
  for (let at = 0; at < operand.length; at += 2) {
    const compare = COMPARISONS[String(operand[at])];
    if (!compare) throw new UnsupportedPatternError(`the numeric comparison "${operand[at]}"`);
    if (!compare(actual, Number(operand[at + 1]))) return false;
  }
  return true;
}

function wildcard(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is no string has no prefix, not even an empty one. */
function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '\0';
}

function lower(value: Json | undefined): string {
  return text(value).toLowerCase();
}
