import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import pMap from 'p-map';
import { EventBridgeBus } from '../../lib/adapters/aws/event-bus.ts';
import { readLive } from '../../lib/foundation/bucket/read-pointer.ts';
import { LIVE_PREFIX, namesIn } from '../../lib/foundation/certificate/object-keys.ts';
import { printable } from '../../lib/foundation/common/explain-issues.ts';
import type { Answer, GlobalOptions } from '../answer.ts';
import { CommandError } from '../command-error.ts';
import { deploymentsDue } from '../follow/deployments-due.ts';
import { followDeployment, lookBefore } from '../follow/follow.ts';
import { openFollow } from '../follow/open-follow.ts';
import { followAll, followedAnswer } from '../follow/show.ts';
import { millisecondsOf } from '../output/parse-options.ts';
import { findStack } from '../stack/find-stack.ts';
import { settingsOf } from '../stack/functions.ts';
import { READS_AT_ONCE } from '../stack/open-bucket.ts';

export interface DeployOptions extends GlobalOptions {
  /** Seconds. */
  limit: string;
}

/** `perennial-tls deploy`: has hosts install what is live, of groups or of certificates, and follows it. */
export async function deploy(
  wanted: string[],
  { stage, limit, json = false }: DeployOptions,
): Promise<Answer> {
  const limitMs = millisecondsOf(limit);
  const stack = await findStack(stage);
  const { hostGroups, eventBus } = await settingsOf(stack);
  const deps = openFollow(stack);
  const names = namesIn(await deps.store.list(LIVE_PREFIX), LIVE_PREFIX);
  const groups = hostGroups.map(({ name }) => name);
  const stranger = wanted.find((word) => !groups.includes(word) && !names.includes(word));
  if (stranger !== undefined)
    throw new CommandError(
      'nothing-by-that-name',
      `"${printable(stranger)}" is neither a host group (${groups.join(', ')}) nor a certificate that is live`,
    );
  const pointers = await pMap(
    names,
    async (name) => ({ name, hosts: (await readLive(deps.store, name))?.pointer.hosts ?? [] }),
    { concurrency: READS_AT_ONCE },
  );
  const due = deploymentsDue(pointers, { wanted, groups });
  const groupsOf = (name: string) => due.filter((one) => one.names.includes(name)).map(({ group }) => group);
  const told = [...new Set(due.flatMap((one) => one.names))];
  const before = await lookBefore(deps, told);
  const deadline = performance.now() + limitMs;
  await new EventBridgeBus(new EventBridgeClient({ region: stack.region }), eventBus).publish(
    due.map((detail) => ({ type: 'Deployment Due', detail })),
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
  const answer = followedAnswer('deploy', followed);
  if (told.length > 0) return answer;
  return {
    ...answer,
    ok: false,
    text: `no live certificate names ${wanted.join(', ') || 'a host group'}\n${answer.text}`,
  };
}
