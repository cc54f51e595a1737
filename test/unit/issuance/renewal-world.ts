import type { ObjectStore } from '../../../lib/foundation/bucket/object-store.ts';
import type { RenewalDue } from '../../../lib/foundation/events/events.ts';
import type { RenewDeps } from '../../../lib/issuance/renewal/deps.ts';
import { renewBatch } from '../../../lib/issuance/renewal/renew-batch.ts';
import { makeCa } from '../../fakes/certificates.ts';
import { FakeAuthority } from '../../fakes/fake-authority.ts';
import { FakeResolver } from '../../fakes/fake-resolver.ts';
import { FakeZones } from '../../fakes/fake-zones.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { quickRuntime } from '../../fakes/quick-runtime.ts';
import { RecordedEvents } from '../../fakes/recorded-events.ts';
import { hostGroup, stackOf, zoneRole } from '../../fakes/stack.ts';

/** Everything that a renewal touches, in memory, with one clock. The public DNS shows the zones behind `published`. */
export async function makeWorld({ published }: { published?: 'dns' } = {}) {
  let now = new Date('2026-11-20T02:00:00Z');
  const clock = () => now;
  const zones = new FakeZones('example.com', 'example.org');
  /** Behind the zone role `dns`. */
  const otherZones = new FakeZones('example.com', 'example.org');
  const makeAuthority = async (at: { host?: string; identity?: string } = {}) =>
    new FakeAuthority(await makeCa(), { zones: published ? otherZones : zones, clock, ...at });
  const authority = await makeAuthority();
  const fallback = await makeAuthority({ host: 'fallback.test' });
  const authorityAt = (ca: string) => (fallback.directoryUrl === ca ? fallback : authority);
  const warnings: string[] = [];
  const deps = {
    store: new MemoryStore(clock),
    zonesOf: (role: string | undefined) => (role === 'dns' ? otherZones : zones),
    resolver: new FakeResolver(published ? otherZones : zones),
    openAuthority: async (ca: string) => authorityAt(ca),
    caaIssuer: async (ca: string) => ({ identity: new URL(ca).hostname }),
    events: new RecordedEvents(),
    stack: stackOf({
      domains: ['example.com', 'example.org'],
      challengeTargets: ['proof.example.org'],
      hostGroups: ['web', 'api'].map(hostGroup),
      zoneRoles: ['dns', 'spare'].map(zoneRole),
      defaultCa: authority.directoryUrl,
      fallbackCas: [] as string[],
    }),
    clock,
    runtime: quickRuntime(),
    warn: (warning: string) => warnings.push(warning),
  } satisfies RenewDeps;
  authority.cnames = deps.resolver.cnames;
  let runs = 0;
  return {
    ...deps,
    zones,
    otherZones,
    authority,
    fallback,
    warnings,
    clock,
    describeAccount: async (ca: string) => ({ accountUri: authorityAt(ca).accountUrl }),
    pass: (ms: number) => {
      now = new Date(now.getTime() + ms);
    },
    /** Puts a renewal file there. */
    want: (name: string, names: string[], more: object = {}) =>
      deps.store.put(`renewal/${name}.json`, JSON.stringify({ names, ...more })),
    due: (names: string[], more: Partial<RenewalDue['certificates'][number]> = {}): RenewalDue => ({
      ca: authority.directoryUrl,
      zoneIds: [],
      certificates: names.map((name) => ({ name, reason: 'never-issued', replacing: null, ...more })),
    }),
    renew: (
      due: RenewalDue,
      { store = deps.store as ObjectStore, signal = new AbortController().signal } = {},
    ) => renewBatch({ ...deps, store }, due, { owner: `run-${runs++}`, signal }),
    live: (name: string, store = deps.store) => JSON.parse(store.text(`live/${name}.json`) || 'null'),
  };
}

export type World = Awaited<ReturnType<typeof makeWorld>>;
