import { setTimeout as sleep } from 'node:timers/promises';
import type { ActionName } from '../../local/gateway/action.ts';
import { DroppedConnectionError, type Fault } from '../../local/gateway/faults.ts';
import type { AwsRequest, AwsResponse } from '../../local/gateway/request.ts';
import type { Subject } from './subject.ts';
import type { World } from './world.ts';

/** One moment of a renewal: the nth request of a kind, before it is forwarded, or when it was and is not answered yet. */
export interface KillPoint {
  phase: string;
  side: 'before' | 'after';
  request: RequestKind;
  nth?: number;
  /** relative to the request being carried out */
  at: 'before' | 'after';
}

/** Requests that one certificate's renewal makes. */
type RequestKind =
  | { ca: 'newOrder' | 'challenge' | 'finalize' | 'certificate' }
  | { s3: 'PutObject' | 'GetObject' | 'DeleteObject'; key: (name: string) => RegExp }
  | { route53: 'CREATE' | 'DELETE' }
  | { route53: 'GetChange' };

const pending = (name: string) => new RegExp(`/pending/${name}\\.json$`);
const wanted = (name: string) => new RegExp(`/renewal/${name}\\.json$`);
const archive = (name: string) => new RegExp(`/archive/${name}/[^/]+/`);
const live = (name: string) => new RegExp(`/live/${name}\\.json$`);

/** Before and after each of the ten phases of a renewal. */
export const KILL_POINTS: readonly KillPoint[] = [
  { phase: 'claim', side: 'before', request: { s3: 'PutObject', key: pending }, at: 'before' },
  { phase: 'claim', side: 'after', request: { s3: 'PutObject', key: pending }, at: 'after' },
  { phase: 'pre-check', side: 'before', request: { s3: 'GetObject', key: wanted }, at: 'after' },
  { phase: 'pre-check', side: 'after', request: { ca: 'newOrder' }, at: 'before' },
  { phase: 'order', side: 'before', request: { ca: 'newOrder' }, at: 'after' },
  { phase: 'order', side: 'after', request: { s3: 'PutObject', key: pending }, nth: 2, at: 'after' },
  { phase: 'publish', side: 'before', request: { route53: 'CREATE' }, at: 'before' },
  { phase: 'publish', side: 'after', request: { route53: 'CREATE' }, at: 'after' },
  { phase: 'wait', side: 'before', request: { route53: 'GetChange' }, at: 'before' },
  { phase: 'wait', side: 'after', request: { route53: 'GetChange' }, at: 'after' },
  { phase: 'prove', side: 'before', request: { ca: 'challenge' }, at: 'before' },
  { phase: 'prove', side: 'after', request: { ca: 'challenge' }, at: 'after' },
  { phase: 'finalize', side: 'before', request: { ca: 'finalize' }, at: 'before' },
  { phase: 'finalize', side: 'after', request: { ca: 'finalize' }, at: 'after' },
  { phase: 'verify', side: 'before', request: { ca: 'certificate' }, at: 'before' },
  { phase: 'verify', side: 'after', request: { ca: 'certificate' }, at: 'after' },
  { phase: 'commit', side: 'before', request: { s3: 'PutObject', key: archive }, nth: 2, at: 'before' },
  { phase: 'commit', side: 'after', request: { s3: 'PutObject', key: live }, at: 'after' },
  { phase: 'clean up', side: 'before', request: { route53: 'DELETE' }, at: 'before' },
  { phase: 'clean up', side: 'after', request: { s3: 'DeleteObject', key: pending }, at: 'after' },
];

export function killPoint(phase: string, side: KillPoint['side']): KillPoint {
  const found = KILL_POINTS.find((point) => point.phase === phase && point.side === side);
  if (found) return found;
  throw new Error(`there is no kill point ${side} ${phase}`);
}

/** Who dies, how long after the point, and whether somebody else's value stands at its challenge name. */
export interface Victim {
  subject: Subject;
  delayMs: number;
  hasCompany: boolean;
}

/**
 * Kills the process that comes to this point with this certificate, `delayMs` after the request arrived or was carried out;
 * S3 then calls its claim long over. Tells whether it did.
 */
export function armKill(
  world: World,
  point: KillPoint,
  { subject, delayMs, hasCompany }: Victim,
): () => boolean {
  const { functions } = world.line.cloud.parts.aws;
  let killed = false;
  const run = async ({ connection }: AwsRequest) => {
    await sleep(delayMs);
    killed = await functions.killCaller(connection);
    // A worker that lives on would only retry, and be no kill.
    if (!killed) return;
    world.expireLeases([subject]);
    throw new DroppedConnectionError(`killed ${point.side} ${point.phase}`);
  };
  const { request } = point;
  const isWait = 'route53' in request && request.route53 === 'GetChange';
  const changes = isWait ? learnChanges(world, subject) : new Set<string>();
  // A set that is not ours alone is refused first, then read and swapped.
  const isSwap = hasCompany && 'route53' in request && !isWait;
  const fault: Fault = {
    nth: isSwap ? 2 : (point.nth ?? 1),
    when: (seen, name) => isKind(world, request, { subject, changes })(seen, name),
    effect: { kind: point.at, run },
  };
  const faults = 'ca' in request ? world.ca.faults : world.line.cloud.faults;
  faults.add(fault);
  return () => killed;
}

/** The ids of the changes that are made at a certificate's challenge name from now on. */
function learnChanges({ line }: World, { name }: Subject): Set<string> {
  const changes = new Set<string>();
  const learn = (answer: AwsResponse) => {
    const [, id] = /<Id>\/change\/(\w+)/.exec(answer.body.toString()) ?? [];
    if (id !== undefined) changes.add(id);
    return answer;
  };
  line.cloud.faults.add({
    action: 'ChangeResourceRecordSets',
    when: ({ body }) => body.includes(`_acme-challenge.${name}.`),
    times: 1000,
    effect: { kind: 'rewrite', answer: learn },
  });
  return changes;
}

function isKind(
  world: World,
  kind: RequestKind,
  { subject, changes }: { subject: Subject; changes: Set<string> },
) {
  const { name, names } = subject;
  return (request: AwsRequest, { action, resource }: ActionName): boolean => {
    if ('ca' in kind)
      return action === kind.ca && world.ca.subjects.of(request).some((one) => names.includes(one));
    if (!/renew/i.test(world.line.cloud.calls.principalOf(request.accessKeyId))) return false;
    if ('s3' in kind) return action === kind.s3 && kind.key(name).test(`/${resource}`);
    if (kind.route53 === 'GetChange') return action === 'GetChange' && changes.has(resource);
    return (
      action === 'ChangeResourceRecordSets' &&
      netValues(request.body.toString(), name) * SIGN[kind.route53] > 0
    );
  };
}

const SIGN = { CREATE: 1, DELETE: -1 };

/** How many values a change batch adds to a certificate's challenge name; less than 0 when it removes some. */
function netValues(batch: string, name: string): number {
  const changes = batch
    .split('<Change>')
    .filter((change) => change.includes(`<Name>_acme-challenge.${name}.`));
  return changes.reduce((sum, change) => {
    const values = change.split('<Value>').length - 1;
    return change.includes('<Action>CREATE</Action>') ? sum + values : sum - values;
  }, 0);
}
