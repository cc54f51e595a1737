import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import * as dnsPacket from 'dns-packet';
import { type Question, type Reply, reply } from '../../../local/dns/reply.ts';

/** What is wrong with a signed zone. */
export type Flaw = 'expired' | 'unsigned' | 'without-signatures' | 'without-proofs-of-absence' | 'refused';

const {
  name: wireName,
  answer,
  rrsig,
  dnskey,
} = dnsPacket as unknown as {
  [encoding: string]: { encode(value: unknown): Buffer };
} & Record<'name' | 'answer' | 'rrsig' | 'dnskey', { encode(value: unknown): Buffer }>;
const ECDSA_P256 = 13;
const SHA_256 = 2;
const TTL = 60;
const DAY_S = 86_400;

interface SignedZone {
  respond(question: Question): Promise<Reply>;
  /** The DS record of its key, as the zone above has it. */
  ds: string;
}

type Rrset = dnsPacket.Answer[];

/**
 * A zone with a `www`, signed with one key of ECDSA P-256, absence proved by NSEC (RFC 4034). Names have no dot at the end.
 */
export function signedZone(zone: string, flaw?: Flaw): SignedZone {
  const www = `www.${zone}`;
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const key = Buffer.concat([Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  const keyData = { flags: 257, algorithm: ECDSA_P256, key };
  const rdata = dnskey.encode(keyData).subarray(2);
  const keyTag = keyTagOf(rdata);

  const signed = (set: Rrset): Rrset => {
    if (flaw === 'unsigned' || flaw === 'without-signatures') return set;
    const [first] = set;
    if (!first) return set;
    const now = Math.floor(Date.now() / 1000);
    const fields = {
      typeCovered: first.type,
      algorithm: ECDSA_P256,
      labels: first.name.split('.').length,
      originalTTL: TTL,
      inception: now - 10 * DAY_S,
      expiration: flaw === 'expired' ? now - DAY_S : now + 10 * DAY_S,
      keyTag,
      signersName: zone,
    };
    // RFC 4034, 3.1.8.1; the sets here have one record each, so none is sorted.
    const text = Buffer.concat([
      rrsig.encode({ ...fields, signature: Buffer.alloc(0) }).subarray(2),
      ...set.map((record) => answer.encode({ ...record, class: 'IN' })),
    ]);
    const signature = sign('sha256', text, { key: privateKey, dsaEncoding: 'ieee-p1363' });
    return [...set, { name: first.name, type: 'RRSIG', ttl: TTL, data: { ...fields, signature } } as never];
  };
  const of = (name: string, type: string, data: unknown): Rrset => [{ name, type, ttl: TTL, data } as never];
  const times = { serial: 1, refresh: 7200, retry: 900, expire: 1_209_600, minimum: TTL };
  const soa = of(zone, 'SOA', { mname: `ns.${zone}`, rname: `hostmaster.${zone}`, ...times });
  const sets = [
    soa,
    of(zone, 'NS', `ns.${zone}`),
    ...(flaw === 'unsigned' ? [] : [of(zone, 'DNSKEY', keyData)]),
    of(www, 'A', '192.0.2.1'),
    of(www, 'CAA', { flags: 0, tag: 'issue', value: 'ca.test' }),
  ];
  /** Between a name and the next; in this order there is nothing else. */
  const nsec = (name: string): Rrset => {
    if (flaw === 'unsigned' || flaw === 'without-proofs-of-absence') return [];
    const types = sets.flatMap(([record]) => (record?.name === name ? record.type : []));
    return signed(
      of(name, 'NSEC', { nextDomain: name === zone ? www : zone, rrtypes: [...types, 'RRSIG', 'NSEC'] }),
    );
  };
  return {
    ds: `${zone}. DS ${keyTag} ${ECDSA_P256} ${SHA_256} ${createHash('sha256')
      .update(Buffer.concat([wireName.encode(zone), rdata]))
      .digest('hex')}`,
    async respond({ name: asked, type }) {
      if (flaw === 'refused') return reply('REFUSED');
      const name = asked.replace(/\.$/, '');
      const found = sets.find(([record]) => record?.name === name && record.type === type);
      if (found) return reply('NOERROR', { authoritative: true, answers: signed(found) });
      const exists = name === zone || name === www;
      // A name below www comes after it; a wildcard there would, too.
      const proof = exists ? nsec(name) : nsec(name.endsWith(`.${www}`) ? www : zone);
      const authorities = [...signed(soa), ...proof];
      return reply(exists ? 'NOERROR' : 'NXDOMAIN', { authoritative: true, authorities });
    },
  };
}

/** RFC 4034, appendix B. */
function keyTagOf(rdata: Buffer): number {
  let sum = 0;
  for (const [index, byte] of rdata.entries()) sum += index % 2 === 0 ? byte << 8 : byte;
  return (sum + (sum >> 16)) & 0xffff;
}
