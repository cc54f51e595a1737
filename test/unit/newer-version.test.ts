import { beforeEach, expect, it } from 'vitest';
import type * as z from 'zod/mini';
import { storedAccount } from '../../lib/adapters/acme/stored-account.ts';
import { recordImports } from '../../lib/delivery/acm/record-import.ts';
import { AcmRecord } from '../../lib/delivery/acm/rules/decide-imports.ts';
import { recordInvocation } from '../../lib/delivery/deployment/record-invocation.ts';
import { HostRecord } from '../../lib/delivery/deployment/rules/host-record.ts';
import { probe } from '../../lib/delivery/probe/probe.ts';
import { LivePointer, pointerText } from '../../lib/foundation/certificate/live-pointer.ts';
import { accountKey, limitsKey } from '../../lib/foundation/certificate/object-keys.ts';
import { Revocations } from '../../lib/foundation/certificate/revocation.ts';
import { CaLimits } from '../../lib/issuance/ca/rules/ca-limits.ts';
import { Claim } from '../../lib/issuance/renewal/claim.ts';
import { learnedLimits } from '../../lib/issuance/renewal/learned-limits.ts';
import { OrderLock } from '../../lib/issuance/renewal/order-lock.ts';
import { updateState } from '../../lib/issuance/renewal/read-state.ts';
import { ClaimRecord } from '../../lib/issuance/renewal/rules/claim-record.ts';
import { rememberFailure, State } from '../../lib/issuance/renewal/rules/state.ts';
import { revoke } from '../../lib/issuance/revocation/revoke.ts';
import { notify } from '../../lib/reporting/notices/notify.ts';
import { Memory } from '../../lib/reporting/notices/rules/trouble.ts';
import { reportOf } from '../fakes/fake-hosts.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { pointerOf } from '../fakes/pointers.ts';
import { makeWorld, type World } from './issuance/renewal-world.ts';
import { failed } from './reporting/notices/facts.ts';

const AT = '2026-11-20T01:00:00.000Z';
const CA = 'https://ca.test/directory';
const HOST = 'i-0123456789abcdef0';
const more = { newer: { wrote: ['this'] } };
let world: World;

beforeEach(async () => {
  world = await makeWorld();
});

const trouble = {
  kind: 'renewal',
  subject: 'shop',
  reason: 'r',
  message: 'm',
  since: AT,
  at: AT,
  times: 1,
  ...more,
};
const revocation = {
  version: '20260101T000000Z-0a1b2c',
  serial: 'a',
  keyFingerprint: 'b',
  reason: 'superseded',
};
const run = { outcome: 'served', version: 'v1', at: AT, commandId: 'c0', ...more };
const record = { zoneId: 'ZEXAMPLECOM', name: 'a.example.com', type: 'CAA', values: [], ttl: 60, ...more };
const ca = { since: AT, at: AT, failures: 1, ...more };

interface Stored {
  key: string;
  schema?: z.ZodMiniType;
  object: object;
  /** How our code changes the object. */
  rewrite?: () => Promise<unknown>;
}

/** Every kind of object that our code writes, as a newer version may have written it. */
const STORED: Stored[] = [
  {
    key: 'state/shop.json',
    schema: State,
    object: { failures: 1, suggested: { certId: 'a', ...more }, cas: { [CA]: ca }, ...more },
    rewrite: () =>
      updateState(world.store, { name: 'shop', now: world.clock() }, (before) =>
        rememberFailure(before, { reason: 'ca-unreachable', message: 'm' }, world.clock()),
      ),
  },
  {
    key: 'pending/shop.json',
    schema: ClaimRecord,
    object: {
      owner: 'a',
      leaseSeconds: 0,
      order: { url: `${CA}/o`, key: 'k', request: '[]', ...more },
      records: [record],
      ...more,
    },
    rewrite: async () => (await Claim.claim(world, 'shop', 'b')).leaveForLater(),
  },
  { key: 'orders/a.json', schema: OrderLock, object: { name: 'shop', owner: 'a', leaseSeconds: 0, ...more } },
  {
    key: limitsKey(CA),
    schema: CaLimits,
    object: {
      limits: [
        { scope: 'name', value: 'a', until: '2026-11-21T00:00:00Z', reason: 'r', message: 'm', ...more },
      ],
      failedAuthorizations: [{ name: 'a', at: '2026-11-20T01:59:00Z', ...more }],
      ...more,
    },
    rewrite: async () => {
      const limits = learnedLimits(world, CA);
      await limits.read;
      const refusal = { reason: 'acme-rate-limited', message: 'm', retryAfterMs: 60_000 } as const;
      limits.learn(refusal, ['b.example.com']);
      await limits.stored();
    },
  },
  {
    key: 'revoked/shop.json',
    schema: Revocations,
    object: { versions: [{ ...revocation, askedAt: AT, ...more }], ...more },
    rewrite: async () => {
      await world.want('shop', ['example.com']);
      await world.renew(world.due(['shop']));
      await revoke(world, { revoke: 'shop', confirm: 'shop', reason: 'superseded' }, world.clock());
    },
  },
  {
    key: 'acm/shop.json',
    schema: AcmRecord,
    object: {
      name: 'shop',
      imports: ['eu-west-1', 'us-east-1'].map((region) => ({ region, at: AT, outcome: 'failed', ...more })),
      ...more,
    },
    rewrite: () =>
      recordImports(world, { name: 'shop', regions: ['us-east-1'] }, () => ({
        outcome: 'imported',
        arn: 'a',
      })),
  },
  {
    key: `hosts/${HOST}.json`,
    schema: HostRecord,
    object: { instanceId: HOST, group: 'web', lineages: { shop: run, blog: run }, ...more },
    rewrite: async () => {
      const report = reportOf([{ name: 'shop', version: 'v2', outcome: 'served' }]);
      const invocation = { commandId: 'c1', instanceId: HOST, group: 'web', ...report };
      await recordInvocation(world, invocation, { group: 'web', names: ['shop'] });
    },
  },
  {
    key: 'probes/shop.json',
    object: { name: 'shop', version: '20260101T000000Z-0a1b2c', at: AT, findings: [], ...more },
    rewrite: async () => {
      await world.want('shop', ['example.com'], { probe: true });
      await world.store.put('live/shop.json', pointerText(pointerOf(new Date('2027-01-20T00:00:00Z'))));
      const nothing = { error: 'not asked' };
      const observe = async (site: string) => {
        return { site, addresses: [], served: [], versions: [], plain: nothing, secure: nothing };
      };
      const event = { time: world.clock().toISOString(), detail: { names: ['shop'] } };
      await probe({ ...world, sites: { observe } }, event, new AbortController().signal);
    },
  },
  {
    key: 'notices/memory.json',
    schema: Memory,
    object: { troubles: { 'renewal shop': trouble }, over: [], ...more },
    rewrite: () =>
      notify({ ...world, mailbox: { send: async () => {} }, stage: 's', docsUrl: 'd' }, [
        failed('shop', 2, world.clock()),
      ]),
  },
  {
    key: 'live/shop.json',
    schema: LivePointer,
    object: {
      ...pointerOf(new Date('2027-01-20T00:00:00Z')),
      caaIssuer: { identity: 'a', ...more },
      ...more,
    },
  },
];

/** Every member that holds `newer`, by its path. */
function newerIn(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([member, one]) =>
    member === 'newer' ? path : newerIn(one, `${path}/${member}`),
  );
}

it.each(STORED.filter(({ schema }) => schema))(
  '$key of a newer version is read, with what it has more',
  ({ schema, object }) => {
    expect(newerIn(schema?.parse(object)).sort()).toEqual(newerIn(object).sort());
  },
);

it.each(STORED.filter(({ rewrite }) => rewrite))(
  '$key of a newer version keeps what it has more when it is written again',
  async ({ key, object, rewrite }) => {
    await world.store.put(key, JSON.stringify(object));
    await rewrite?.();
    const after = world.store.text(key);
    expect(after).not.toBe(JSON.stringify(object));
    expect(newerIn(JSON.parse(after)).sort()).toEqual(newerIn(object).sort());
  },
);

it('a pointer keeps it when a repair shows it to other hosts', async () => {
  await world.want('shop', ['example.com']);
  await world.renew(world.due(['shop']));
  const pointer = { ...world.live('shop'), ...more };
  await world.store.put('live/shop.json', pointerText(pointer));
  await world.want('shop', ['example.com'], { hosts: ['web'] });
  await world.renew(world.due(['shop'], { reason: 'hosts-changed', replacing: pointer.version }));
  expect(world.live('shop')).toEqual({ ...pointer, hosts: ['web'] });
});

it('an account of a newer version is opened', async () => {
  const account = { key: 'k', url: `${CA}/account/1`, contact: 'you@example.com', ...more };
  const store = new MemoryStore();
  await store.put(accountKey(CA), JSON.stringify(account));
  expect(await storedAccount({ store, directoryUrl: CA })).toMatchObject({ account });
});
