/**
 * `index.json`: what `scan` has read of the bucket, so that it reads only what changed, and when it looks at the CA's word
 * again. A cache: where it is missing or wrong, everything is read and asked anew.
 */
export interface BucketIndex {
  /** By key: the etag it was read at, and its text without the white space. */
  objects: Map<string, IndexedObject>;
  /** By certId (RFC 9773, 4.1): the instant before which the CA is not asked again about it; ISO 8601 in UTC. */
  askAgain: Map<string, string>;
}

export type IndexedObject = readonly [etag: string, body: string];

const FORM = 1;
/** What a host holds may be long; 10,000 of anything have to fit into a function's memory. */
const LONGEST_KEPT = 16_384;

export const emptyIndex = (): BucketIndex => ({ objects: new Map(), askAgain: new Map() });

/** Of an index that cannot be read, or of another form, nothing is believed; of one with a wrong entry, the others. */
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
  const kept = { objects: Object.fromEntries(objects), askAgain: Object.fromEntries(askAgain) };
  return JSON.stringify({ form: FORM, ...kept });
}

/** An object as it is kept; `undefined` for one that is too long. What is no JSON is kept letter by letter. */
export function toIndexed(etag: string, body: string): IndexedObject | undefined {
  return body.length > LONGEST_KEPT ? undefined : [etag, withoutSpace(body)];
}

function withoutSpace(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body));
  } catch {
    return body;
  }
}

function isIndexed(entry: [string, unknown]): entry is [string, IndexedObject] {
  const [, value] = entry;
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string');
}

function isText(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === 'string';
}
