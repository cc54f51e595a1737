import { crc32 } from 'node:zlib';
import { compactJson } from '../../common/compact-json.ts';

/**
 * `index.json`: the objects that `scan` has read, so that it reads only changes, when it asks for renewal information again,
 * and what the last sweep found sound. A cache: if it is missing or wrong, everything is read and asked again.
 */
export interface BucketIndex {
  /** By key; texts are without white space. */
  objects: Map<string, IndexedObject>;
  /** By certId (RFC 9773, 4.1): the instant before which the CA is not asked again about it; ISO 8601 in UTC. */
  askAgain: Map<string, string>;
  /** Pairs of etags, of a pointer and of the chain that it names, that go together. */
  sound: Set<string>;
}

export type IndexedObject = readonly [etag: string, body: string];

/** A checksum (CRC-32) before what it is of: nothing is believed of an index that was cut off or edited. */
const FORM = /^\{"form":2,"crc":(\d+),"index":/;
/** A host record may be long; 10,000 objects of any kind have to fit into a function's memory. */
const LONGEST_INDEXED = 16_384;

export const emptyIndex = (): BucketIndex => ({
  objects: new Map(),
  askAgain: new Map(),
  sound: new Set(),
});

/** An index that is malformed, of another form, or not as it was written counts as empty. */
export function parseIndex(text: string): BucketIndex {
  const [head, crc] = FORM.exec(text) ?? [];
  if (head === undefined) return emptyIndex();
  const body = text.slice(head.length, -1);
  if (crc32(body) !== Number(crc)) return emptyIndex();
  const { objects, askAgain, sound } = JSON.parse(body);
  return {
    objects: new Map(Object.entries(objects)),
    askAgain: new Map(Object.entries(askAgain)),
    sound: new Set(sound),
  };
}

export function indexText({ objects, askAgain, sound }: BucketIndex): string {
  const body = JSON.stringify({
    objects: Object.fromEntries(objects),
    askAgain: Object.fromEntries(askAgain),
    sound: [...sound],
  });
  return `{"form":2,"crc":${crc32(body)},"index":${body}}`;
}

/**
 * `undefined` for an object that is too long. Text that is not JSON is stored verbatim, and JSON loses only its white space:
 * written anew from its value, a renewal file would hide a repeated key.
 */
export function toIndexed(etag: string, body: string): IndexedObject | undefined {
  if (body.length > LONGEST_INDEXED) return undefined;
  try {
    return [etag, compactJson(body)];
  } catch {
    return [etag, body];
  }
}
