import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import pMap from 'p-map';
import { EventBridgeBus } from '../../lib/adapters/aws/event-bus.ts';
import type { ObjectStore } from '../../lib/foundation/bucket/object-store.ts';
import { readLive } from '../../lib/foundation/bucket/read-pointer.ts';
import { LIVE_PREFIX, namesIn } from '../../lib/foundation/certificate/object-keys.ts';
import { printable } from '../../lib/foundation/common/explain-issues.ts';
import { InputError } from '../../lib/foundation/common/input-error.ts';
import type { Answer, GlobalOptions } from '../answer.ts';
import { CommandError } from '../command-error.ts';
import { deploymentsDue, nothingToDeploy } from '../follow/deployments-due.ts';
import { type Followed, followDeployment, lookBefore } from '../follow/follow.ts';
import { openFollow } from '../follow/open-follow.ts';
import { followAll, followedAnswer } from '../follow/show.ts';
import { millisecondsOf } from '../output/parse-options.ts';
import { findStack } from '../stack/find-stack.ts';
import { settingsOf } from '../stack/functions.ts';
import { READS_AT_ONCE } from '../stack/open-bucket.ts';
import { didYouMean } from '../stack/similar-name.ts';

export interface DeployOptions extends GlobalOptions {
  /** Although hosts are not to be touched now. */
  ignoreWindow?: boolean;
  /** Seconds. */
  limit: string;
}

const ALL = '*';

/** `perennial-tls deploy` with words: has hosts install what is live, of groups or of certificates, and follows it. */
export async function deploy(
  words: string[],
  { stage, limit, ignoreWindow = false, json = false }: DeployOptions,
): Promise<Answer> {
  const limitMs = millisecondsOf(limit);
  const wanted = words.includes(ALL) ? [] : words;
  const stack = await findStack(stage);
  const { hostGroups, eventBus } = await settingsOf(stack);
  const { hostGroups: windows, ...follow } = openFollow(stack);
  const deps = { ...follow, ...(!ignoreWindow && windows && { hostGroups: windows }) };
  const names = namesIn(await deps.store.list(LIVE_PREFIX), LIVE_PREFIX);
  const groups = hostGroups.map(({ name }) => name);
  const stranger = wanted.find((word) => !groups.includes(word) && !names.includes(word));
  if (stranger !== undefined)
    throw new CommandError('nothing-by-that-name', {
      seen: `"${printable(stranger)}" is neither a host group (${groups.join(', ')}) nor a certificate that is live`,
      remedy: didYouMean(stranger, [...groups, ...names]),
    });
  const { pointers, unreadable } = await readPointers(deps.store, names);
  const due = deploymentsDue(pointers, { wanted, groups });
  const groupsOf = (name: string) => due.filter((one) => one.names.includes(name)).map(({ group }) => group);
  const told = [...new Set(due.flatMap((one) => one.names))];
  const before = await lookBefore(deps, told);
  const deadline = performance.now() + limitMs;
  await new EventBridgeBus(new EventBridgeClient({ region: stack.region }), eventBus).publish(
    due.map((detail) => ({
      type: 'Deployment Due',
      detail: { ...detail, ...(ignoreWindow && { ignoreWindow }) },
    })),
  );
  const nothing = { version: undefined, failedAt: undefined, reportedAt: new Map<string, string>() };
  const followed = await followAll(
    told,
    (name, watch) =>
      followDeployment(
        deps,
        { name, groups: groupsOf(name) },
        { before: before.get(name) ?? nothing, deadline, ...watch },
      ),
    { silent: json },
  );
  // Which groups an unreadable one has is not known: it is told to all but who names others.
  const isAbout = ({ name }: Followed) =>
    wanted.includes(name) || wanted.every((word) => groups.includes(word));
  const broken = unreadable.filter(isAbout);
  const others = wanted.filter((word) => !unreadable.some(({ name }) => name === word));
  const idle = nothingToDeploy(others, { due, groups });
  const answer = followedAnswer('deploy', [...followed, ...broken, ...idle]);
  if (told.length + broken.length + idle.length > 0) return answer;
  return { ...answer, ok: false, text: `no live certificate names a host group\n${answer.text}` };
}

/** The pointers, and what came of those that are none; the others go on. */
async function readPointers(store: ObjectStore, names: readonly string[]) {
  const pointers: { name: string; hosts: readonly string[] }[] = [];
  const unreadable: Followed[] = [];
  const read = async (name: string) => {
    try {
      pointers.push({ name, hosts: (await readLive(store, name))?.pointer.hosts ?? [] });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      unreadable.push({ name, outcome: 'failed', message: error.message, hosts: [] });
    }
  };
  await pMap(names, read, { concurrency: READS_AT_ONCE });
  return { pointers, unreadable };
}
