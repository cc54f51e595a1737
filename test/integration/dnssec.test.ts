import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PublicValidatingResolver } from '../../lib/adapters/net/public-validating-resolver.ts';
import { type Listener, listen } from '../../local/dns/listen.ts';
import { findDebianProgram } from '../../local/setup/debian-program.ts';
import { type Flaw, signedZone } from './dnssec/signed-zone.ts';
import { startUnbound, type Unbound } from './dnssec/start-unbound.ts';

const found = await findDebianProgram({
  name: 'unbound',
  packageName: 'unbound',
  file: 'usr/sbin/unbound',
});
const missing = typeof found === 'string' ? ` (${found})` : '';

/** Zones, what is wrong with each, and whether the zone above names its key. */
const ZONES: { name: string; flaw?: Flaw; trusted: 'yes' | 'no' | 'another-key' }[] = [
  { name: 'good.test', trusted: 'yes' },
  { name: 'without-ds.test', trusted: 'no' },
  { name: 'unsigned.test', flaw: 'unsigned', trusted: 'no' },
  { name: 'expired.test', flaw: 'expired', trusted: 'yes' },
  { name: 'half-signed.test', flaw: 'without-signatures', trusted: 'yes' },
  { name: 'rolled.test', trusted: 'another-key' },
  { name: 'unproved.test', flaw: 'without-proofs-of-absence', trusted: 'yes' },
  { name: 'refused.test', flaw: 'refused', trusted: 'yes' },
];

/** This Unbound gives one of two reasons, whatever it is; public resolvers are more exact. */
const BOGUS = { status: 'bogus', why: expect.stringMatching(/^(no key that the zone above names|bogus)$/) };

describe.skipIf(missing)(`what a validating resolver (Unbound) says of signed zones${missing}`, () => {
  const servers: Listener[] = [];
  let unbound: Unbound;
  let resolver: PublicValidatingResolver;

  beforeAll(async () => {
    const zones = await Promise.all(
      ZONES.map(async ({ name, flaw, trusted }) => {
        const zone = signedZone(name, flaw);
        const server = await listen('127.0.0.1', 0, zone.respond);
        servers.push(server);
        const ds = { yes: zone.ds, no: undefined, 'another-key': signedZone(name).ds }[trusted];
        return { name, port: server.port, ds };
      }),
    );
    unbound = await startUnbound(typeof found === 'string' ? '' : found.program, zones);
    resolver = new PublicValidatingResolver({ resolver: '127.0.0.1', port: unbound.port });
  });
  afterAll(async () => {
    await unbound?.stop();
    await Promise.all(servers.map((server) => server.close()));
  });

  it.each<[string, object, object]>([
    ['good.test', { status: 'secure' }, { status: 'secure' }],
    ['without-ds.test', { status: 'insecure' }, { status: 'insecure' }],
    ['unsigned.test', { status: 'insecure' }, { status: 'insecure' }],
    ['expired.test', BOGUS, BOGUS],
    ['half-signed.test', BOGUS, BOGUS],
    ['rolled.test', BOGUS, BOGUS],
    // Only what is not there, as a proof is not until a renewal, shows this.
    ['unproved.test', BOGUS, { status: 'secure' }],
    // Whatever it is, it is nothing of DNSSEC.
    ['refused.test', { status: 'unanswered' }, { status: 'unanswered' }],
  ])('%s: the TXT of a challenge, which is not there, and the CAA, which is', async (zone, txt, caa) => {
    expect(await resolver.validate(`_acme-challenge.www.${zone}`, 'TXT')).toEqual(txt);
    expect(await resolver.validate(`www.${zone}`, 'CAA')).toEqual(caa);
  });

  it('a zone that is signed without a DS is told from one that is not signed', async () => {
    expect(await resolver.hasKeys('without-ds.test')).toBe(true);
    expect(await resolver.hasKeys('unsigned.test')).toBe(false);
    expect(await resolver.hasKeys('www.good.test')).toBe(false);
  });

  it('a resolver that is not there is told in one line', async () => {
    await unbound.stop();
    await expect(resolver.validate('www.expired.test', 'CAA')).rejects.toMatchObject({
      reason: 'dns-unavailable',
      message: 'could not look up CAA of www.expired.test at 127.0.0.1: ECONNREFUSED',
    });
  });
});
