/** A call of `renew`, to AWS or to the CA. */
export interface SeenCall {
  service: string;
  action: string;
  /** The object, where it is one of S3. */
  key: string;
  atMs: number;
}

/** What a renewal goes through, each begun by its first call. */
export const PHASES = [
  'start',
  'prepare',
  'order',
  'authorize',
  'publish',
  'wait',
  'prove',
  'finalize',
  'commit',
  'end',
] as const;
export type Phase = (typeof PHASES)[number];

/** The call with which a phase begins; `start` and `prepare` begin with the process and with the handler, `end` after the pointer. */
const BEGINNINGS: [Phase, (call: SeenCall) => boolean][] = [
  ['order', ({ action }) => action === 'newOrder'],
  ['authorize', ({ action }) => action === 'authorization'],
  ['publish', ({ action }) => action === 'ChangeResourceRecordSets'],
  ['wait', ({ action }) => action === 'GetChange'],
  ['prove', ({ action }) => action === 'challenge'],
  ['finalize', ({ action }) => action === 'finalize'],
  ['commit', ({ action, key }) => action === 'PutObject' && key.startsWith('archive/')],
];

export interface Slice {
  phase: Phase;
  fromMs: number;
}

/** The phases of one renewal in order, for calls in the order in which they arrived. */
export function slicesOf(calls: readonly SeenCall[], handlerFromMs: number, startFromMs?: number): Slice[] {
  const slices: Slice[] = startFromMs === undefined ? [] : [{ phase: 'start', fromMs: startFromMs }];
  slices.push({ phase: 'prepare', fromMs: handlerFromMs });
  for (const [phase, begins] of BEGINNINGS) {
    const since = slices.at(-1)?.fromMs ?? 0;
    const first = calls.find((call) => call.atMs >= since && begins(call));
    if (first) slices.push({ phase, fromMs: first.atMs });
  }
  const pointer = calls.findLast(
    ({ action, key }) => action === 'PutObject' && /^live\/[^/]+\.json$/.test(key),
  );
  const after = calls.find(({ atMs }) => pointer !== undefined && atMs > pointer.atMs);
  if (after) slices.push({ phase: 'end', fromMs: after.atMs });
  return slices;
}

/** In which phase something happened; undefined before the first. */
export function phaseAt(slices: readonly Slice[], atMs: number): Phase | undefined {
  return slices.findLast(({ fromMs }) => fromMs <= atMs)?.phase;
}
