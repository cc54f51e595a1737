import { AUTHENTIC_DATA, type Packet, streamDecode } from 'dns-packet';
import { oneLine } from '../../foundation/common/one-line.ts';
import { DnsError } from '../../issuance/dns/resolver.ts';

/** RFC 1035, 4.1.1. */
const RCODE = 0xf;
const SERVFAIL = 2;
/** RFC 8914, 2. */
const EXTENDED_ERROR = 15;
/** RFC 8914, 4, as far as it speaks of DNSSEC; resolvers often give no text. */
const ERRORS: Record<number, string> = {
  1: 'unsupported key algorithm',
  2: 'unsupported digest type',
  6: 'bogus',
  7: 'signature expired',
  8: 'signature not yet valid',
  9: 'no key that the zone above names',
  10: 'signatures missing',
  11: 'no zone key among the keys',
  12: 'proof of absence missing',
};
const LONGEST = 300;

export interface DnsAnswer {
  failed: boolean;
  /** The AD bit: all of it was validated (RFC 4035, 3.2.3). */
  authenticated: boolean;
  /** Of the answer's records. */
  types: string[];
  /** What the resolver says is wrong with DNSSEC, in one line. */
  why: string | undefined;
}

/** An answer as it comes over TCP, its length before it (RFC 1035, 4.2.2); throws {@link DnsError}. */
export function readDnsAnswer(bytes: Buffer): DnsAnswer {
  const packet = decoded(bytes);
  const { flags = 0 } = packet;
  return {
    failed: (flags & RCODE) === SERVFAIL,
    authenticated: (flags & AUTHENTIC_DATA) !== 0,
    types: (packet.answers ?? []).map(({ type }) => type),
    why: whyOf(packet),
  };
}

function decoded(bytes: Buffer): Packet {
  try {
    const packet = streamDecode(bytes);
    if (packet?.type === 'response') return packet;
  } catch (cause) {
    throw new DnsError({ seen: 'the answer is no DNS message', cause }, { code: 'EBADRESP' });
  }
  throw new DnsError('the answer is no DNS message', { code: 'EBADRESP' });
}

function whyOf({ additionals = [] }: Packet): string | undefined {
  const options = additionals.flatMap((one) => (one.type === 'OPT' ? (one.options ?? []) : []));
  const said = (options as { code: number; data?: Buffer }[]).flatMap(({ code, data }) => {
    if (code !== EXTENDED_ERROR || data === undefined || data.length < 2) return [];
    const name = ERRORS[data.readUInt16BE(0)];
    const text = data.toString('utf8', 2);
    return name === undefined ? [] : [text ? `${name}: ${text}` : name];
  });
  return said.length > 0 ? oneLine(said.join('; '), LONGEST) : undefined;
}
