import * as dnsPacket from 'dns-packet';
import { normalizeName } from '../route53/record-set.ts';
import { type Question, RCODES, type Reply } from './reply.ts';

const { AUTHORITATIVE_ANSWER, RECURSION_AVAILABLE, RECURSION_DESIRED, TRUNCATED_RESPONSE } = dnsPacket;
/** RFC 1035, 4.2.1: what an answer over UDP may take without EDNS. */
const PLAIN_UDP_BYTES = 512;

export interface Query {
  packet: dnsPacket.DecodedPacket;
  question: Question;
}

/** A query from its bytes; undefined for what is none, which gets no answer. */
export function readQuery(bytes: Buffer): Query | undefined {
  try {
    const packet = dnsPacket.decode(bytes);
    const [asked] = packet.questions ?? [];
    if (packet.type !== 'query' || !asked) return undefined;
    return { packet, question: { name: normalizeName(asked.name), type: asked.type } };
  } catch {
    return undefined;
  }
}

/** The reply's bytes; over UDP, what does not fit is left out and marked as truncated (RFC 2181, 9). */
export function writeReply({ packet }: Query, reply: Reply, { udp }: { udp: boolean }): Buffer {
  const opt = packet.additionals?.find((additional) => additional.type === 'OPT');
  const flags =
    RCODES[reply.rcode] |
    ((packet.flags ?? 0) & RECURSION_DESIRED) |
    (reply.authoritative ? AUTHORITATIVE_ANSWER : RECURSION_AVAILABLE);
  const response: dnsPacket.Packet = {
    type: 'response',
    id: packet.id,
    flags,
    questions: packet.questions,
    answers: reply.answers,
    authorities: reply.authorities,
    additionals: opt ? [{ ...opt, udpPayloadSize: 1232, flags: 0, flag_do: false, options: [] }] : [],
  };
  const bytes = dnsPacket.encode(response);
  const limit = opt ? Math.max(opt.udpPayloadSize, PLAIN_UDP_BYTES) : PLAIN_UDP_BYTES;
  if (!udp || bytes.length <= limit) return bytes;
  return dnsPacket.encode({ ...response, flags: flags | TRUNCATED_RESPONSE, answers: [], authorities: [] });
}
