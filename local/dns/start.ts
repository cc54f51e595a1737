import type { ZoneView } from '../route53/published.ts';
import { normalizeName } from '../route53/record-set.ts';
import { withoutDot } from './answer.ts';
import { answerAsServer } from './authoritative.ts';
import { type Listener, listen } from './listen.ts';
import { answerAsResolver } from './recursive.ts';
import { Registry } from './registry.ts';
import { type Question, type Rcode, type Reply, reply } from './reply.ts';

export interface LocalDns {
  /** Of the resolver at 127.0.0.1 and of all name servers, UDP and TCP. */
  port: number;
  /**
   * The zones' first (0) to last (3) name server answers `ms` behind the others from now on; 0 ends it.
   * The resolver never lags.
   */
  holdBack(nsIndex: number, ms: number): void;
  /** Delegates a registered name as a registrar does: see Registry. */
  delegate(name: string, nameServers: string[] | undefined): void;
  /** Answers everything about a name with an error, at the resolver and at all name servers; undefined ends it. */
  fail(name: string, rcode: Exclude<Rcode, 'NOERROR'> | undefined): void;
  stop(): Promise<void>;
}

const RESOLVER = '127.0.0.1';
const NAME_SERVER_TTL_S = 60;
const BIND_TRIES = 20;

/**
 * A resolver at 127.0.0.1, and each name server of the zones at a loopback address of its own, which listens from the
 * first time that its A record is asked for.
 */
export async function startDns({ zones }: { zones: ZoneView }): Promise<LocalDns> {
  const registry = new Registry(zones);
  const lags = new Map<number, number>();
  const failures = new Map<string, Rcode>();
  const servers = new Map<string, Promise<Listener>>();

  const orFailure =
    (answer: (question: Question) => Reply | Promise<Reply>) => async (question: Question) => {
      const failure = failures.get(question.name);
      return failure ? reply(failure) : answer(question);
    };

  const resolver = await listenSomewhere(
    orFailure(async (question) => {
      const isServer = zones.zones().some((zone) => zone.nameServers.includes(question.name));
      return isServer ? answerAddress(question) : answerAsResolver(registry, question);
    }),
  );

  async function answerAddress({ name, type }: Question): Promise<Reply> {
    if (type !== 'A') return reply('NOERROR');
    const listening = servers.get(name) ?? listenAsServer(name);
    servers.set(name, listening);
    const { address } = await listening;
    return reply('NOERROR', {
      answers: [{ name: withoutDot(name), type, ttl: NAME_SERVER_TTL_S, data: address }],
    });
  }

  async function listenAsServer(server: string): Promise<Listener> {
    const respond = orFailure((question) =>
      answerAsServer(zones, { server, lagMs: lagOf(server) }, question),
    );
    for (let tries = 0; ; tries++) {
      try {
        return await listen(freshAddress(), resolver.port, respond);
      } catch (error) {
        // Only Linux has the whole of 127/8; elsewhere the resolver's address has to do.
        if ((error as NodeJS.ErrnoException).code === 'EADDRNOTAVAIL') return resolver;
        if (tries >= BIND_TRIES) throw error;
      }
    }
  }

  function lagOf(server: string): number {
    const index = zones
      .zones()
      .find((zone) => zone.nameServers.includes(server))
      ?.nameServers.indexOf(server);
    return lags.get(index ?? -1) ?? 0;
  }

  return {
    port: resolver.port,
    holdBack: (nsIndex, ms) => lags.set(nsIndex, ms),
    delegate: (name, nameServers) => registry.delegate(name, nameServers),
    fail(name, rcode) {
      if (rcode) failures.set(normalizeName(name), rcode);
      else failures.delete(normalizeName(name));
    },
    async stop() {
      const others = await Promise.allSettled(servers.values());
      const listeners = others.flatMap((other) => (other.status === 'fulfilled' ? other.value : []));
      await Promise.all([...new Set([resolver, ...listeners])].map((listener) => listener.close()));
    },
  };
}

/** TCP takes a free port, which UDP may find taken. */
async function listenSomewhere(respond: (question: Question) => Promise<Reply>): Promise<Listener> {
  for (let tries = 0; ; tries++) {
    try {
      return await listen(RESOLVER, 0, respond);
    } catch (error) {
      if (tries >= BIND_TRIES) throw error;
    }
  }
}

let addresses = 0;

/** 127.53.0.1, 127.53.0.2, … */
function freshAddress(): string {
  addresses += 1;
  return `127.53.${Math.floor(addresses / 250) % 256}.${(addresses % 250) + 1}`;
}
