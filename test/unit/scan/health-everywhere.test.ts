import { describe, expect, it } from 'vitest';
import { answerOf as endOfDoctor } from '../../../cli/commands/doctor.ts';
import { showFrom } from '../../../cli/commands/show.ts';
import { answerOf as endOfStatus } from '../../../cli/commands/status.ts';
import { diagnose } from '../../../lib/reporting/doctor/doctor.ts';
import { readStatus } from '../../../lib/reporting/status/read-status.ts';
import { isPending, isWell } from '../../../lib/scan/rules/health.ts';
import { FakeResolver } from '../../fakes/fake-resolver.ts';
import { FakeValidatingResolver } from '../../fakes/fake-validating-resolver.ts';
import { FakeZones } from '../../fakes/fake-zones.ts';
import { instanceId, worldOf } from '../../fakes/health-world.ts';
import { subscriptionsOf } from '../../fakes/subscriptions.ts';
import { factsOf } from './facts-of.ts';
import { ROWS } from './health-rows.ts';

/** A DNS and a CA of which `doctor` has nothing to say. */
async function surroundings() {
  const zones = new FakeZones('example.com');
  const resolver = new FakeResolver(zones);
  resolver.delegations.set('example.com', await zones.nameServers('ZEXAMPLECOM'));
  return {
    zonesOf: () => zones,
    resolver,
    validating: new FakeValidatingResolver(),
    subscriptions: subscriptionsOf(),
    instances: { inGroup: async () => [] },
    describeAccount: async () => undefined,
    readDirectory: async () => ({ caaIdentity: 'ca.test', profiles: [] }),
  };
}

describe.each(ROWS)('a bucket and a fleet where %s', (_, world, health, said) => {
  const facts = factsOf(world);
  const { now } = facts;
  const sentence = world.rejected === undefined ? new RegExp(instanceId(said.source)) : /./;
  const ends = isWell({ health });

  it(`are read by status as ${health}, which ends with ${ends ? 0 : 1}`, async () => {
    const reads = await worldOf(facts);
    const certificates = await readStatus(reads, { now, readsAtOnce: 4 });
    expect(certificates).toMatchObject([{ name: 'a', health, trouble: expect.stringMatching(sentence) }]);
    expect(endOfStatus({ name: 'perennial-test', region: 'r' }, certificates, now).ok).toBe(ends);
  });

  it('end show as they end status', async () => {
    const reads = await worldOf(facts);
    const shown = await showFrom({ ...reads, decide: async () => undefined }, 'a', now);
    expect(shown).toMatchObject({ ok: ends, text: expect.stringContaining(`status: ${health}`) });
  });

  it(`end doctor with ${ends || isPending({ health }) ? 0 : 1}`, async () => {
    const deps = { ...(await worldOf(facts)), ...(await surroundings()) };
    const { ok, json } = endOfDoctor(await diagnose(deps, undefined, now));
    const { findings } = json as Awaited<ReturnType<typeof diagnose>>;
    const told = findings.filter(({ status }) => status !== 'ok');
    expect({ ok, told: ends ? told.filter(({ status }) => status === 'failing') : told.length > 0 }).toEqual({
      ok: ends || isPending({ health }),
      told: ends ? [] : true,
    });
  });
});
