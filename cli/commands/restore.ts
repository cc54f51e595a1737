import type { ObjectStore } from '../../lib/foundation/bucket/object-store.ts';
import { readLive } from '../../lib/foundation/bucket/read-pointer.ts';
import { updateObject } from '../../lib/foundation/bucket/update-object.ts';
import type { LivePointer } from '../../lib/foundation/certificate/live-pointer.ts';
import {
  archiveKey,
  archivePrefix,
  pinKey,
  renewalKey,
  revokedKey,
} from '../../lib/foundation/certificate/object-keys.ts';
import { isPinLive, judgePin, Pin } from '../../lib/foundation/certificate/pin.ts';
import { parseRenewalFile } from '../../lib/foundation/certificate/renewal-file.ts';
import type { Stack } from '../../lib/foundation/certificate/stack.ts';
import { minuteOf } from '../../lib/foundation/common/minute-of.ts';
import { orNone } from '../../lib/foundation/common/parse-json.ts';
import { readLeaf } from '../../lib/issuance/renewal/read-pin.ts';
import { parseRevocations } from '../../lib/issuance/revocation/read-revocations.ts';
import type { Plan } from '../../lib/scan/rules/plan.ts';
import type { Answer, GlobalOptions } from '../answer.ts';
import { CommandError } from '../command-error.ts';
import { followRenewal, lookBefore } from '../follow/follow.ts';
import { openFollow } from '../follow/open-follow.ts';
import { followAll, followedAnswer } from '../follow/show.ts';
import { millisecondsOf } from '../output/parse-options.ts';
import { findStack } from '../stack/find-stack.ts';
import { invoke, settingsOf } from '../stack/functions.ts';
import { nothingByThatName } from '../stack/similar-name.ts';

export interface RestoreOptions extends GlobalOptions {
  release?: boolean;
  /** Seconds. */
  limit: string;
}

/** `perennial-tls restore`: puts an archived version back, and pins it until it is released; follows it to the hosts. */
export async function restore(
  name: string,
  version: string | undefined,
  { release = false, stage, limit, json = false }: RestoreOptions,
): Promise<Answer> {
  const limitMs = millisecondsOf(limit);
  renewalKey(name);
  if (release && version !== undefined)
    throw new CommandError(
      'release-takes-no-version',
      '--release takes no version: what is newer comes back',
    );
  const stack = await findStack(stage);
  const deps = openFollow(stack);
  const before = (await lookBefore(deps, [name])).get(name);
  const now = new Date();
  const changed = release
    ? await removePin(deps.store, name)
    : await writePin(deps.store, { name, version, stack: await settingsOf(stack) }, now);
  const { certificates } = await invoke<Plan>(stack, 'scan', { start: 'check', names: [name] });
  const [planned] = certificates;
  const isMoving = planned?.action === 'mend' && ['pinned', 'released'].includes(planned.reason);
  if (!isMoving || !before)
    return {
      ok: isAsWanted(changed, (await readLive(deps.store, name))?.pointer),
      json: { ...changed, planned, certificates: [] },
      text: `${changed.told}${unmoved(planned)}`,
    };
  const deadline = performance.now() + limitMs;
  const followed = await followAll(
    [name],
    (one, watch) => followRenewal(deps, one, { before, deadline, ...watch }),
    { silent: json },
  );
  const answer = followedAnswer('restore', followed, [changed.told]);
  return { ...answer, json: { ...changed, certificates: followed } };
}

/** Whether there is nothing to move: what was pinned is live, or nothing stands in for a newer version. */
export function isAsWanted(
  changed: { pinned?: string; released?: string },
  live: LivePointer | undefined,
): boolean {
  if (changed.pinned !== undefined) return isPinLive({ version: changed.pinned }, live);
  return live?.insteadOf === undefined;
}

/** Why the live version stays; a limit or a failure that it waits for is told by `plan`. */
function unmoved(planned: Plan['certificates'][number] | undefined): string {
  if (planned?.action === 'wait' && planned.reason === 'backing-off') return `; it waits: ${planned.reason}`;
  return planned?.action === 'reject' ? `; ${planned.message}` : '; what is live stays';
}

/** Writes the pin, once it is sure that the version may be live; throws {@link CommandError} in one line where it may not. */
export async function writePin(
  store: ObjectStore,
  { name, version: given, stack }: { name: string; version: string | undefined; stack: Stack },
  now: Date,
): Promise<{ pinned: string; told: string }> {
  const file = await store.get(renewalKey(name));
  if (!file) throw await nothingByThatName(store, name);
  const { names } = parseRenewalFile(file.body, name, stack);
  const live = (await readLive(store, name))?.pointer;
  if (!live) throw new CommandError('not-restorable', `${name}: nothing is live yet`);
  const revocations = parseRevocations(name, (await store.get(revokedKey(name)))?.body);
  const judge = async (version: string) => {
    const leaf = await readLeaf(store, name, version);
    return { leaf, state: judgePin({ version, leaf, names, revocations, now }) };
  };
  const version = given ?? (await versionBefore(store, { name, live }, judge));
  archiveKey(name, version, 'cert');
  const { state } = await judge(version);
  if (!state.holds)
    throw new CommandError('not-restorable', {
      seen: `${name}: ${state.why}`,
      remedy: `"perennial-tls show ${name}" lists the versions that there are`,
    });
  await updateObject(store, pinKey(name), (body) => {
    const pin = { ...orNone(body, Pin), version, at: now.toISOString() };
    return { body: `${JSON.stringify(pin, null, 2)}\n` };
  });
  const until = minuteOf(state.until.toISOString());
  const where = isPinLive({ version }, live) ? 'which is live' : 'which is to be made live again';
  const told = `pinned ${name} to version ${version}, ${where}, until "restore ${name} --release", or until ${until} at the longest`;
  return { pinned: version, told };
}

/** The newest version with another certificate than the live one, of those that may be live. */
async function versionBefore(
  store: Pick<ObjectStore, 'folders'>,
  { name, live }: { name: string; live: LivePointer },
  judge: (version: string) => Promise<{ leaf?: { serial: string } | undefined; state: { holds: boolean } }>,
): Promise<string> {
  const versions = (await store.folders(archivePrefix(name))).sort().reverse();
  for (const version of versions) {
    if (version >= live.version) continue;
    const { leaf, state } = await judge(version);
    if (state.holds && leaf?.serial !== live.serial) return version;
  }
  throw new CommandError('not-restorable', {
    seen: `${name}: no version before ${live.version} is valid, unrevoked and for the names of the file until the last sixth of its life`,
    remedy: `renew it with "perennial-tls renew --force ${name}"`,
  });
}

/** Removes the pin; the next check makes live again what was before it. */
export async function removePin(
  store: Pick<ObjectStore, 'get' | 'remove'>,
  name: string,
): Promise<{ released: string; told: string }> {
  const stored = await store.get(pinKey(name));
  if (!stored) throw new CommandError('not-pinned', `${name} is not pinned`);
  await store.remove(pinKey(name), { etag: stored.etag });
  if (await store.get(pinKey(name)))
    throw new CommandError('changed-meanwhile', {
      seen: `${name} was pinned anew by somebody else meanwhile`,
      remedy: 'it is not released; look at it with "perennial-tls plan", and release it again',
    });
  const version = orNone(stored.body, Pin)?.version ?? 'that cannot be read';
  return { released: version, told: `released ${name} from version ${version}` };
}
