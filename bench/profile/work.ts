import type { SourceOf } from './readable-code.ts';

/** Where a function of a profile stands. */
export interface Frame {
  functionName: string;
  url: string;
  lineNumber: number;
  columnNumber: number;
}

/** Kinds of work, by the file that a function is from; the first that matches. */
const KINDS: [RegExp, string][] = [
  [/^\(garbage collector\)$/, 'garbage collection'],
  [/^\(program\)$/, 'Node itself, outside JavaScript'],
  [/^node:internal\/crypto\//, "Node's crypto"],
  [/^node:.*(http|net|tls|stream|dns|url|undici|_agent)/, "Node's HTTP, TLS and streams"],
  [/^node:/, "Node's other modules"],
  [/node_modules\/(@smithy|@aws-sdk)\/.*xml/i, 'AWS SDK, XML'],
  [
    /node_modules\/(@smithy|@aws-sdk)\/.*(sigv4|signature|signing|checksum)/i,
    'AWS SDK, signing and checksums',
  ],
  [/node_modules\/(@smithy|@aws-sdk|@aws)\//, 'AWS SDK, the rest'],
  [/node_modules\/(acme-client|axios|follow-redirects|form-data)/, 'acme-client and axios'],
  [/node_modules\/(@peculiar|asn1|asn1js|pvutils|pvtsutils|tsyringe|reflect-metadata)/, 'X.509'],
  [/node_modules\/zod/, 'zod'],
  [/node_modules\//, 'other packages'],
  [/(^|\/)(lib|functions|resources)\//, 'code of this project'],
];

/** What kind of work a function does; `undefined` for native ones, which work for their callers. */
export function kindOf(frame: Frame, sourceOf: SourceOf): string | undefined {
  const { functionName, url, lineNumber, columnNumber } = frame;
  const isOurs = url.startsWith('file:') && !url.endsWith('bootstrap.mjs') && !url.endsWith('clock.mjs');
  const from = isOurs ? sourceOf(lineNumber, columnNumber) : url || functionName;
  if (from === undefined) return 'other packages';
  const found = KINDS.find(([pattern]) => pattern.test(from))?.[1];
  if (found !== undefined) return found;
  return url === '' ? undefined : 'the local runtime';
}
