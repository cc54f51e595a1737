import { compactJson } from '../../common/compact-json.ts';

/**
 * `index.json`: the objects that `scan` has read, so that it reads only changes, and when it asks for renewal information
 * again. A cache: if it is missing or wrong, everything is read and asked again.
 */
export interface BucketIndex {
  /** By key; texts are without white space. */
  objects: Map<string, IndexedObject>;
  /** By certId (RFC 9773, 4.1): the instant before which the CA is not asked again about it; ISO 8601 in UTC. */
  askAgain: Map<string, string>;
}

export type IndexedObject = readonly [etag: string, body: string];

const FORM = 1;
/** A host record may be long; 10,000 objects of any kind have to fit into a function's memory. */
const LONGEST_INDEXED = 16_384;

export const emptyIndex = (): BucketIndex => ({ objects: new Map(), askAgain: new Map() });

/** An index that is malformed or of another form counts as empty; wrong entries are left out. */
export function parseIndex(text: string): BucketIndex {
  try {
    const { form, objects, askAgain } = JSON.parse(text);
    if (form !== FORM) return emptyIndex();
    return {
      objects: new Map(Object.entries(objects ?? {}).filter(isIndexed)),
      askAgain: new Map(Object.entries(askAgain ?? {}).filter(isText)),
    };
  } catch {
    return emptyIndex();
  }
}

export function indexText({ objects, askAgain }: BucketIndex): string {
  const entries = { objects: Object.fromEntries(objects), askAgain: Object.fromEntries(askAgain) };
  return JSON.stringify({ form: FORM, ...entries });
}

/**
 * `undefined` for an object that is too long. Text that is not JSON is stored verbatim, and of JSON only white space is lost:
 * made anew from its value, a renewal file would not have a key twice any more.
 */
export function toIndexed(etag: string, body: string): IndexedObject | undefined {
  if (body.length > LONGEST_INDEXED) return undefined;
  try {
    return [etag, compactJson(body)];
  } catch {
    return [etag, body];
  }
}

function isIndexed(entry: [string, unknown]): entry is [string, IndexedObject] {
  const [, value] = entry;
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string');
}

function isText(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === 'string';
}
