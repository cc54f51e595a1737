import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { externalAccountKey } from '../../lib/foundation/certificate/object-keys.ts';
import type { CaAction } from '../../local/pebble/ca-action.ts';
import { type CaKind, type CaLike, makeClient, startCaLike } from './cas/ca-fixture.ts';

const HOUR = 3_600_000;
/** Some CAs give the key of an external account in base64 with padding, as this one. */
const HMAC_KEY = Buffer.from(`${'\xfb\xff'.repeat(15)}xy`, 'latin1').toString('base64');
/** Whole, so that a failure shows its message. */
const RENEWED = [expect.objectContaining({ outcome: 'renewed' })];
const EAB = { kid: 'kid-1', hmacKey: HMAC_KEY };

let plain: CaLike;
let bound: CaLike;

beforeAll(async () => {
  plain = await startCaLike();
  const macKey = Buffer.from(HMAC_KEY, 'base64').toString('base64url');
  bound = await startCaLike({ externalAccounts: { 'kid-1': macKey }, authzReuse: 100 });
});
afterAll(() => Promise.all([plain?.stop(), bound?.stop()]));

interface Row {
  ca: string;
  kind: CaKind;
  /** After how long it is renewed, without a word of the CA's. */
  dueAfterHours: number;
  certificates?: number;
}

const SERVER_ONLY = { commonName: false, clientAuthentication: false, ocsp: false };

/**
 * Lifetimes and contents: https://letsencrypt.org/docs/profiles/, "Decreasing Certificate Lifetimes to 45 Days" (2025-12-02),
 * "Upcoming Changes to Let's Encrypt Certificates" (2025-12), CA/Browser Forum's ballot SC-081v3.
 */
const LIVES: Row[] = [
  {
    ca: "Let's Encrypt until 2026: 90 days, with a common name, OCSP and client authentication",
    kind: { issuance: { lifeHours: 90 * 24, commonName: true, clientAuthentication: true, ocsp: true } },
    dueAfterHours: 60 * 24,
  },
  {
    ca: "Let's Encrypt's classic since May 2026: Generation Y, cross-signed, servers only",
    kind: { issuance: { lifeHours: 90 * 24, issuers: 2, ...SERVER_ONLY, commonName: true } },
    dueAfterHours: 60 * 24,
    certificates: 3,
  },
  {
    ca: "Let's Encrypt's classic from 2027-02-10: 64 days",
    kind: { issuance: { lifeHours: 64 * 24, issuers: 2, ...SERVER_ONLY } },
    dueAfterHours: 64 * 16,
    certificates: 3,
  },
  {
    ca: "Let's Encrypt's tlsserver, and classic from 2028-02-16: 45 days, no common name",
    kind: { issuance: { lifeHours: 45 * 24, issuers: 2, ...SERVER_ONLY } },
    dueAfterHours: 30 * 24,
    certificates: 3,
  },
  {
    ca: "Let's Encrypt's shortlived: 160 hours",
    kind: { issuance: { lifeHours: 160, issuers: 2, ...SERVER_ONLY } },
    dueAfterHours: 80,
    certificates: 3,
  },
  {
    ca: 'any public CA from 2029-03-15: 47 days',
    kind: { issuance: { lifeHours: 47 * 24, ...SERVER_ONLY } },
    dueAfterHours: (47 * 24 * 2) / 3,
  },
  {
    ca: 'a chain of four: two cross-signed roots above the intermediate',
    kind: { issuance: { lifeHours: 90 * 24, issuers: 3, ...SERVER_ONLY } },
    dueAfterHours: 60 * 24,
    certificates: 4,
  },
  {
    ca: 'a private CA that sends its root with the chain',
    kind: { issuance: { lifeHours: 90 * 24, issuers: 2, withRoot: true, ...SERVER_ONLY } },
    dueAfterHours: 60 * 24,
    certificates: 3,
  },
  {
    ca: 'a private CA without an intermediate, for a day',
    kind: { issuance: { lifeHours: 24, withRoot: true, ...SERVER_ONLY } },
    dueAfterHours: 12,
  },
];

describe.each(LIVES)('$ca', ({ kind, dueAfterHours, certificates = 2 }) => {
  it('issues what is stored whole, and is due in time', async () => {
    plain.become(kind);
    const client = await makeClient(plain);
    await client.want('shop', [client.name, `*.${client.name}`]);
    expect(await client.renew()).toEqual(RENEWED);
    const { version } = client.live('shop');
    const stored = client.store.text(`archive/shop/${version}/fullchain.pem`);
    const chain = stored.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? [];
    expect(chain).toHaveLength(certificates);
    expect(new X509Certificate(chain[0] ?? '').subjectAltName).toContain(`DNS:*.${client.name}`);
    const due = dueAfterHours * HOUR - 1 * HOUR;
    expect(await client.planned(due - 0.2 * HOUR)).toMatchObject({ action: 'wait', reason: 'not-due' });
    expect(await client.planned(due + 0.2 * HOUR)).toMatchObject({ action: 'renew' });
  });
});

/** What the directory says of the CA besides its addresses. */
const directory = (meta: object, { renewalInfo = false } = {}): NonNullable<CaKind['answers']>[number] => ({
  to: 'directory',
  change: (body) => {
    const { profiles: _, ...kept } = body.meta ?? {};
    body.meta = { ...kept, ...meta };
    if (!renewalInfo) delete body.renewalInfo;
  },
});

/** An answer with this in the place of what Pebble says. */
const saying = (to: CaAction, more: object, times = Number.POSITIVE_INFINITY) => ({
  to,
  times,
  change: (body: object) => void Object.assign(body, more),
});

/** The order is `processing` for so many looks, each with this Retry-After. */
const processing = (times: number, retryAfter: string): CaKind['answers'] =>
  (['finalize', 'order'] as const).map((to) => ({
    to,
    times: to === 'finalize' ? 1 : times,
    change: (body, headers) => {
      if (to === 'order' && body.status !== 'valid' && body.status !== 'processing') return;
      body.status = 'processing';
      delete body.certificate;
      headers['retry-after'] = retryAfter;
    },
  }));

describe('ZeroSSL', () => {
  const zerossl = directory({
    caaIdentities: ['sectigo.com', 'trust-provider.com', 'usertrust.com', 'comodoca.com', 'comodo.com'],
  });

  it('binds the account by its key, has no profiles and no renewal information, and takes its time', async () => {
    bound.become({ answers: [zerossl, ...(processing(3, '15') ?? [])] });
    const client = await makeClient(bound, { eab: EAB });
    await client.want('shop', [client.name]);
    expect(await client.renew()).toEqual(RENEWED);
    expect(client.waits.filter((ms) => ms === 15_000).length).toBeGreaterThanOrEqual(2);
  });

  it('has several identities in CAA: a set with one of them is left as it is, and the first is added where there is none', async () => {
    bound.become({ answers: [zerossl] });
    const client = await makeClient(bound, { eab: EAB });
    const theirs = '0 issue "comodoca.com"';
    client.zones.overwrite('ZEXAMPLECOM', { name: client.name, type: 'CAA', ttl: 60, values: [theirs] });
    await client.want('shop', [client.name]);
    expect(await client.renew()).toEqual(RENEWED);
    expect(client.zones.values(client.name, 'CAA')).toEqual([theirs]);
    const others = await makeClient(bound, { eab: EAB });
    const foreign = '0 issue "other.test"';
    others.zones.overwrite('ZEXAMPLECOM', { name: others.name, type: 'CAA', ttl: 60, values: [foreign] });
    await others.want('shop', [others.name]);
    expect(await others.renew()).toEqual(RENEWED);
    expect(others.zones.values(others.name, 'CAA')).toEqual([foreign, '0 issue "sectigo.com"']);
  });

  it('processes an order for longer than a run: the next run goes on with the same one', async () => {
    bound.become({ answers: [zerossl, ...(processing(2, '86400') ?? [])] });
    const client = await makeClient(bound, { eab: EAB });
    await client.want('shop', [client.name]);
    const before = bound.proxy.count('newOrder');
    const [left] = await client.renew();
    expect(left).toMatchObject({ outcome: 'failed', reason: 'ca-asks-to-wait' });
    bound.become({ answers: [zerossl] });
    client.pass(25 * HOUR);
    expect(await client.renew()).toEqual(RENEWED);
    expect(bound.proxy.count('newOrder')).toBe(before + 1);
  });
});

describe('a Retry-After that is a date', () => {
  it('is waited for like one in seconds', async () => {
    const at = new Date(Date.now() + 60_000).toUTCString();
    plain.become({ answers: processing(2, at) ?? [] });
    const client = await makeClient(plain);
    await client.want('shop', [client.name]);
    expect(await client.renew()).toEqual(RENEWED);
    expect(Math.max(...client.waits)).toBeGreaterThan(45_000);
  });
});

describe('Google Trust Services', () => {
  const google = directory(
    { caaIdentities: ['pki.goog'], profiles: { standard: '', minimal: '' } },
    { renewalInfo: true },
  );

  it('has profiles of its own: one of another CA is refused with theirs, before an order', async () => {
    bound.become({ answers: [google] });
    const client = await makeClient(bound, { eab: EAB });
    await client.want('shop', [client.name], { profile: 'shortlived' });
    const before = bound.proxy.count('newOrder');
    expect(await client.renew()).toMatchObject([
      {
        outcome: 'failed',
        reason: 'profile-unknown',
        message: expect.stringContaining('it has standard, minimal'),
      },
    ]);
    expect(bound.proxy.count('newOrder')).toBe(before);
  });

  it('takes a key for seven days: one that it does not know any more is told with what to do', async () => {
    bound.become({ answers: [google] });
    const client = await makeClient(bound, { eab: { ...EAB, kid: 'kid-of-last-month' } });
    await client.want('shop', [client.name]);
    const [failed] = await client.renew();
    expect(failed).toMatchObject({ outcome: 'failed', reason: 'acme-unauthorized' });
    expect(failed).toMatchObject({
      message: expect.stringMatching(
        /if its key of the external account has expired, .* perennial-tls eab KID --ca .* < FILE/,
      ),
    });
  });
});

describe('SSL.com', () => {
  const ssl = directory({ caaIdentities: ['ssl.com'], externalAccountRequired: false });

  it('needs an external account, though its directory says no', async () => {
    bound.become({ answers: [ssl] });
    const without = await makeClient(bound);
    await without.want('shop', [without.name]);
    expect(await without.renew()).toMatchObject([
      {
        reason: 'external-account-missing',
        message: expect.stringContaining(`perennial-tls eab KID --ca ${bound.proxy.directoryUrl} < FILE`),
      },
    ]);
    const client = await makeClient(bound, { eab: EAB });
    await client.want('shop', [client.name]);
    expect(await client.renew()).toEqual(RENEWED);
  });
});

describe('SSL.com and Actalis, whose free certificates are for a name and its www', () => {
  const withWww = (names: string[]) => [...new Set([...names, `www.${names[0]}`])];
  const kind: CaKind = { issuance: { lifeHours: 90 * 24, names: withWww } };

  it('are refused where www was not ordered, with what to add', async () => {
    plain.become(kind);
    const client = await makeClient(plain);
    await client.want('shop', [client.name]);
    expect(await client.renew()).toMatchObject([
      {
        reason: 'names-mismatch',
        message: expect.stringContaining(`add www.${client.name} to "names" in the renewal file`),
      },
    ]);
  });

  it('are taken where it was', async () => {
    plain.become(kind);
    const client = await makeClient(plain);
    await client.want('shop', [client.name, `www.${client.name}`]);
    expect(await client.renew()).toEqual(RENEWED);
  });
});

describe("ACM's ACME endpoints, whose domains are approved beforehand", () => {
  /** `https://acm-acme-enroll.<region>.api.aws/<id>/directory`: several at one host, each with keys of its own. */
  const acm = directory({
    caaIdentities: ['amazon.com', 'amazontrust.com', 'awstrust.com', 'amazonaws.com'],
  });

  it('give an order that is ready: nothing is proved or written to the DNS, no challenge is missed', async () => {
    bound.become({ answers: [acm] });
    const client = await makeClient(bound, { eab: EAB });
    await client.want('shop', [client.name]);
    expect(await client.renew()).toEqual(RENEWED);
    const written = client.zones.batches.length;
    await client.want('shop', [client.name], { key: 'ecdsa-p384' });
    bound.become({ answers: [acm, saying('authorization', { challenges: [] })] });
    const answered = bound.proxy.count('challenge');
    expect(await client.renew()).toEqual(RENEWED);
    expect(client.live('shop').key).toBe('ecdsa-p384');
    expect(bound.proxy.count('challenge')).toBe(answered);
    expect(client.zones.batches.length).toBe(written);
  });

  it('each have an external account: the key of the directory comes before that of the host', async () => {
    bound.become({ answers: [acm] });
    const client = await makeClient(bound, { eab: { ...EAB, kid: 'of-another-endpoint' } });
    await client.accounts.put(externalAccountKey(bound.proxy.directoryUrl), JSON.stringify(EAB));
    await client.want('shop', [client.name]);
    expect(await client.renew()).toEqual(RENEWED);
  });
});

describe('authorizations that may be reused for 10 days (SC-081v3), or 7 hours', () => {
  it('end while an order waits for its next run: it is ordered and proved anew', async () => {
    plain.become({});
    const client = await makeClient(plain);
    await client.want('shop', [client.name]);
    plain.proxy.faults.add({ action: 'finalize', times: 3, effect: { kind: 'drop-before' } });
    expect(await client.renew()).toMatchObject([{ outcome: 'failed', reason: 'ca-unreachable' }]);
    plain.become({
      answers: [saying('order', { status: 'pending' }, 1), saying('authorization', { status: 'expired' }, 2)],
    });
    client.pass(2 * HOUR);
    const before = plain.proxy.count('newOrder');
    expect(await client.renew()).toEqual(RENEWED);
    expect(plain.proxy.count('newOrder')).toBe(before + 1);
  });
});
