import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { openAuthority } from '../../../lib/adapters/acme/accounts.ts';
import { caaIssuerReader } from '../../../lib/adapters/acme/directory.ts';
import { nodeRuntime } from '../../../lib/adapters/node/runtime.ts';
import { hostExternalAccountKey } from '../../../lib/foundation/certificate/object-keys.ts';
import { renewBatch } from '../../../lib/issuance/renewal/renew-batch.ts';
import { parseStart } from '../../../lib/scan/rules/trigger.ts';
import { scan } from '../../../lib/scan/scan.ts';
import type { CaAction } from '../../../local/pebble/ca-action.ts';
import { CaProxy } from '../../../local/pebble/ca-proxy.ts';
import type { CaOptions } from '../../../local/pebble/configuration.ts';
import { startPebble } from '../../../local/pebble/start.ts';
import { makeRunDir } from '../../../local/run-dir.ts';
import { ensureSetup } from '../../../local/setup.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { makeWorld } from '../../unit/issuance/renewal-world.ts';
import { type Issuance, issuedLike } from './issued-like.ts';

type Json = Record<string, unknown>;
/** Changes an answer of the CA in place. */
export type Change = (body: Json & { meta?: Json }, headers: Record<string, string>) => void;

/** How a CA differs from Pebble: in what it issues, and in its answers, each as often as its `times` says, or always. */
export interface CaKind {
  issuance?: Issuance;
  answers?: { to: CaAction; change: Change; times?: number }[];
}

/** Pebble, which believes every proof, behind a proxy that makes it like another CA. */
export async function startCaLike(options: CaOptions = {}) {
  const [setup, dir] = await Promise.all([ensureSetup(), makeRunDir()]);
  const pebble = await startPebble({
    pebble: setup.pebble,
    dnsServer: '127.0.0.1:1',
    dir: join(dir, 'pebble'),
    retryAfter: { authz: 0, order: 0 },
    nonceReject: 0,
    authzReuse: 0,
    env: { PEBBLE_VA_ALWAYS_VALID: '1' },
    ...options,
  });
  setDefaultCACertificates([...getCACertificates('default'), await readFile(pebble.tlsCaFile, 'utf8')]);
  const proxy = await CaProxy.start(pebble);
  return {
    proxy,
    become(kind: CaKind): void {
      proxy.faults.clear();
      for (const { to, change, times = Number.POSITIVE_INFINITY } of kind.answers ?? [])
        proxy.faults.add({ action: to, times, effect: { kind: 'rewrite', answer: rewritten(change) } });
      const { issuance } = kind;
      if (issuance)
        proxy.faults.add({
          action: 'certificate',
          times: Number.POSITIVE_INFINITY,
          effect: issuing(issuance),
        });
    },
    async stop() {
      await proxy.stop();
      await pebble.stop();
    },
  };
}

export type CaLike = Awaited<ReturnType<typeof startCaLike>>;

const rewritten =
  (change: Change) => (given: { status: number; headers: Record<string, string>; body: Buffer | string }) => {
    const body = JSON.parse(given.body.toString() || '{}');
    const headers = { ...given.headers };
    change(body, headers);
    return { ...given, headers, body: JSON.stringify(body) };
  };

const issuing = (issuance: Issuance) => ({
  kind: 'rewrite' as const,
  answer: async (given: { status: number; headers: Record<string, string>; body: Buffer | string }) =>
    given.status === 200 ? { ...given, body: await issuedLike(given.body.toString(), issuance) } : given,
});

/**
 * The flows in memory before a real CA, in its time; waits take no time and are noted. `eab` is what stands in the parameter of
 * external accounts.
 */
export async function makeClient({ proxy }: CaLike, { eab }: { eab?: object } = {}) {
  const world = await makeWorld();
  const accounts = new MemoryStore();
  if (eab) await accounts.put(hostExternalAccountKey(proxy.directoryUrl), JSON.stringify(eab));
  const waits: number[] = [];
  let waited = 0;
  const settings = {
    accountPrefix: '/accounts',
    eabPrefix: '/eab',
    contact: 'you@example.com',
    agreeToTerms: true,
    caaIdentity: undefined,
  };
  let passedMs = 1_000;
  const clock = () => new Date(Date.now() + passedMs);
  const deps = {
    ...world,
    clock,
    openAuthority: (directoryUrl: string) => openAuthority(directoryUrl, { store: accounts, settings }),
    caaIssuer: caaIssuerReader(settings, () => {}),
    stack: { ...world.stack, defaultCa: proxy.directoryUrl },
    runtime: {
      ...nodeRuntime,
      elapsed: () => performance.now() + waited,
      sleep: async (ms: number, signal: AbortSignal) => {
        waits.push(ms);
        waited += ms;
        await nodeRuntime.sleep(Math.min(ms, 20), signal);
      },
    },
  };
  const name = `${randomBytes(4).toString('hex')}.example.com`;
  return {
    ...world,
    /** A name that no other test orders. */
    name,
    accounts,
    waits,
    pass: (ms: number) => {
      passedMs += ms;
    },
    renew() {
      const { version: replacing = null } = world.live('shop') ?? {};
      const reason = replacing === null ? 'never-issued' : 'key-changed';
      return renewBatch(
        deps,
        { ca: proxy.directoryUrl, zoneIds: [], certificates: [{ name: 'shop', reason, replacing }] },
        { owner: randomBytes(4).toString('hex'), signal: new AbortController().signal },
      );
    },
    /** What the next check would do with the certificate, at an instant this far from now. */
    async planned(afterMs = 0) {
      const now = new Date(clock().getTime() + afterMs);
      const scanned = {
        ...deps,
        clock: () => now,
        hosts: new FakeHosts(),
        askRenewalInfo: async () => undefined,
      };
      const { certificates } = await scan(scanned, parseStart({ start: 'plan' }), now);
      return certificates[0];
    },
  };
}
