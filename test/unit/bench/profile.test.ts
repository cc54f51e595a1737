import { describe, expect, it } from 'vitest';
import { averageOf } from '../../../bench/profile/average.ts';
import { busyIn } from '../../../bench/profile/cpu-profile.ts';
import { phaseAt, type SeenCall, slicesOf } from '../../../bench/profile/phases.ts';
import { kindOf } from '../../../bench/profile/work.ts';

const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 0, columnNumber: 0 });
const call = (atMs: number, service: string, action: string, key = ''): SeenCall => ({
  atMs,
  service,
  action,
  key,
});
const CALLS = [
  call(110, 's3', 'GetObject', 'renewal/a.json'),
  call(120, 'acme', 'newOrder'),
  call(130, 'acme', 'authorization'),
  call(140, 's3', 'PutObject', 'pending/a.json'),
  call(150, 'route53', 'ChangeResourceRecordSets'),
  call(160, 'route53', 'GetChange'),
  call(170, 'acme', 'challenge'),
  call(180, 'acme', 'finalize'),
  call(185, 'route53', 'ChangeResourceRecordSets'),
  call(190, 's3', 'PutObject', 'archive/a/1/privkey.pem'),
  call(200, 's3', 'PutObject', 'live/a.json'),
  call(210, 's3', 'PutObject', 'live/a/fullchain.pem'),
];

describe('the phases of a renewal', () => {
  const slices = slicesOf(CALLS, 100, 50);

  it.each([
    ['before the process started', 49, undefined],
    ['while the process starts', 50, 'start'],
    ['before the order', 119, 'prepare'],
    ['with the order', 120, 'order'],
    ['with the first change of DNS', 150, 'publish'],
    ['also after the change that removes the TXT values', 186, 'finalize'],
    ['with the first file of the archive', 190, 'commit'],
    ['with the pointer', 200, 'commit'],
    ['after the pointer', 210, 'end'],
  ])('%s: %i is in %s', (_, atMs, phase) => {
    expect(phaseAt(slices, atMs)).toBe(phase);
  });

  it('have no start where the process was warm', () => {
    expect(slicesOf(CALLS, 100)[0]).toEqual({ phase: 'prepare', fromMs: 100 });
  });

  it('are fewer where nothing had to be proved', () => {
    const proved = CALLS.filter(
      ({ action }) => !['authorization', 'challenge', 'GetChange'].includes(action),
    );
    expect(slicesOf(proved, 100).map(({ phase }) => phase)).not.toContain('prove');
  });
});

describe("a phase's CPU", () => {
  const nodes = [
    { id: 0, callFrame: frame('(root)'), children: [1, 2] },
    { id: 1, callFrame: frame('(idle)') },
    { id: 2, callFrame: frame('sign', 'node:internal/crypto/sig'), children: [3] },
    { id: 3, callFrame: frame('native') },
  ];
  const profile = { nodes, startTime: 110_000, samples: [3, 1, 2], timeDeltas: [0, 10_000, 30_000] };
  const busy = busyIn(profile, 0, () => undefined);

  it('is what the main thread did not idle, and what native code did for its caller', () => {
    expect(busy).toEqual([{ atMs: 110, ms: 10, kind: "Node's crypto" }]);
  });

  it('is scaled to what the process used, and shared out over the runs', () => {
    const renewal = { name: 'a', slices: slicesOf(CALLS, 100), endMs: 220, calls: CALLS, cpuMs: 25 };
    const idle = { ...renewal, slices: slicesOf([], 300), endMs: 400, calls: [], cpuMs: 0 };
    const prepare = averageOf([renewal, idle], busy).find(({ phase }) => phase === 'prepare');
    expect(prepare).toMatchObject({ cpuMs: 12.5, calls: { s3: 0.5 } });
  });
});

describe('the kind of work', () => {
  const bundle = 'file:///code/functions/renew.mjs';
  it.each([
    ['(garbage collector)', '', undefined, 'garbage collection'],
    ['sign', 'node:internal/crypto/sig', undefined, "Node's crypto"],
    ['write', 'node:internal/streams/writable', undefined, "Node's HTTP, TLS and streams"],
    [
      'a',
      bundle,
      '../../node_modules/@smithy/signature-v4/dist-es/SignatureV4.js',
      'AWS SDK, signing and checksums',
    ],
    ['a', bundle, '../../node_modules/@aws-sdk/xml-builder/dist-es/xml-parser.js', 'AWS SDK, XML'],
    ['a', bundle, '../../node_modules/@smithy/core/dist-es/index.js', 'AWS SDK, the rest'],
    ['a', bundle, '../../node_modules/acme-client/src/client.js', 'acme-client and axios'],
    ['a', bundle, '../../lib/issuance/renewal/order.ts', 'code of this project'],
    ['answer', 'file:///project/local/lambda/bootstrap.mjs', undefined, 'the local runtime'],
    ['native', '', undefined, undefined],
  ])('of %s in %s, from %s, is %s', (functionName, url, source, kind) => {
    expect(kindOf(frame(functionName, url), () => source)).toBe(kind);
  });
});
