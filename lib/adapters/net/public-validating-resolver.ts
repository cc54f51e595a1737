import { connect } from 'node:net';
import {
  AUTHENTIC_DATA,
  CHECKING_DISABLED,
  type Packet,
  RECURSION_DESIRED,
  type RecordType,
  streamEncode,
} from 'dns-packet';
import { DnsError } from '../../issuance/dns/resolver.ts';
import type { Validation } from '../../issuance/dns/rules/validation.ts';
import type { ValidatingResolver } from '../../issuance/dns/validating-resolver.ts';
import { type DnsAnswer, readDnsAnswer } from './dns-answer.ts';

/** Cloudflare's public resolver, which validates and says why not. Lambda's own does not validate. */
const ADDRESS = '1.1.1.1';
const TIMEOUT_MS = 5_000;

/** A resolver that validates, over TCP, so that nothing is cut. */
export class PublicValidatingResolver implements ValidatingResolver {
  readonly address: string;
  readonly #port: number;

  constructor({ resolver = ADDRESS, port = 53 }: { resolver?: string | undefined; port?: number } = {}) {
    this.address = resolver;
    this.#port = port;
  }

  /** RFC 4035, 3.2.2: with checking disabled, the resolver answers what it would refuse. */
  async validate(name: string, type: 'TXT' | 'CAA'): Promise<Validation> {
    const checked = await this.#ask(name, type, 0);
    if (!checked.failed) return { status: checked.authenticated ? 'secure' : 'insecure' };
    const unchecked = await this.#ask(name, type, CHECKING_DISABLED);
    return unchecked.failed ? { status: 'unanswered' } : { status: 'bogus', why: checked.why };
  }

  async hasKeys(zone: string): Promise<boolean> {
    const { types } = await this.#ask(zone, 'DNSKEY', CHECKING_DISABLED);
    return types.includes('DNSKEY');
  }

  async #ask(name: string, type: RecordType, flag: number): Promise<DnsAnswer> {
    const query = {
      type: 'query',
      id: 1,
      // RFC 6840, 5.7: asks for the AD bit without the signatures.
      flags: RECURSION_DESIRED | AUTHENTIC_DATA | flag,
      questions: [{ name, type }],
      // Without EDNS there are no extended errors.
      additionals: [{ type: 'OPT', name: '.', udpPayloadSize: 1232, flags: 0, options: [] }],
    } as unknown as Packet;
    try {
      return readDnsAnswer(await exchange({ host: this.address, port: this.#port }, streamEncode(query)));
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
      throw new DnsError(
        { seen: `could not look up ${type} of ${name} at ${this.address}: ${code}`, cause },
        { code },
      );
    }
  }
}

/** One question a connection, and the answer, each with its length before it (RFC 1035, 4.2.2). Rejects with Node's code. */
function exchange(server: { host: string; port: number }, query: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(server);
    const fail = (code: string) => socket.destroy(Object.assign(new Error(code), { code }));
    // Not the socket's own timeout, which ends with every byte.
    const limit = setTimeout(() => fail('ETIMEOUT'), TIMEOUT_MS);
    socket.on('error', reject).on('close', () => {
      clearTimeout(limit);
      reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
    });
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      const got = Buffer.concat(chunks);
      if (got.length < 2 || got.length < 2 + got.readUInt16BE(0)) return;
      resolve(got);
      socket.destroy();
    });
    socket.write(query);
  });
}
