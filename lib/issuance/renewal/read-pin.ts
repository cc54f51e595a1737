import { X509Certificate } from 'node:crypto';
import type { Reads } from '../../foundation/bucket/object-store.ts';
import { leafFacts } from '../../foundation/certificate/leaf.ts';
import type { LivePointer } from '../../foundation/certificate/live-pointer.ts';
import { archiveKey, namesIn, PINS_PREFIX, pinKey } from '../../foundation/certificate/object-keys.ts';
import {
  isPinLive,
  judgePin,
  Pin,
  type PinnedLeaf,
  type PinState,
} from '../../foundation/certificate/pin.ts';
import type { Revocation } from '../../foundation/certificate/revocation.ts';
import { orNone } from '../../foundation/common/parse-json.ts';
import { isAboutToBeRevoked, type RenewalFacts } from './rules/decide-renewal.ts';
import type { State } from './rules/state.ts';

/** A stored pin with what has become of it. */
export interface FoundPin {
  /** Empty where the object is no pin. */
  version: string;
  etag: string;
  state: PinState;
  /** Whether what is pinned is live. */
  isLive: boolean;
}

/** Lists the certificates with a pin when it is first asked, and again only after a failure. */
export function pinnedOnce(store: Pick<Reads, 'list'>): () => Promise<ReadonlySet<string>> {
  let listing: Promise<ReadonlySet<string>> | undefined;
  return () => {
    listing ??= store.list(PINS_PREFIX).then((pins) => new Set(namesIn(pins, PINS_PREFIX)));
    listing.catch(() => {
      listing = undefined;
    });
    return listing;
  };
}

interface About {
  live: LivePointer | undefined;
  names: readonly string[];
  revocations: readonly Revocation[];
  /** With what the CA suggests of the live version. */
  state: State | undefined;
  now: Date;
}

/** The pin of a certificate; an object that is none has ended. It costs a read, and a second while its version is not live. */
export async function findPin(
  store: Pick<Reads, 'get'>,
  name: string,
  { live, names, revocations, state, now }: About,
): Promise<FoundPin | undefined> {
  const stored = await store.get(pinKey(name));
  if (!stored) return undefined;
  const pin = orNone(stored.body, Pin);
  const { etag } = stored;
  if (!pin)
    return { version: '', etag, isLive: false, state: { holds: false, why: `${pinKey(name)} is no pin` } };
  const { version } = pin;
  const isLive = isPinLive(pin, live);
  const leaf = isLive ? live : await readLeaf(store, name, version);
  const isLeaving = isLive && isAboutToBeRevoked({ live, state, now });
  return { version, etag, isLive, state: judgePin({ version, leaf, names, revocations, isLeaving, now }) };
}

/** The pin as decisions take it; `undefined` where it has ended. */
export function heldPin(found: FoundPin | undefined): RenewalFacts['pin'] {
  if (!found?.state.holds) return undefined;
  const { version, isLive, state } = found;
  return { version, until: state.until, isLive };
}

/** What the archive says of a version without its key; `undefined` where it is not there, or no certificate. */
export async function readLeaf(
  store: Pick<Reads, 'get'>,
  name: string,
  version: string,
): Promise<PinnedLeaf | undefined> {
  const chain = await store.get(archiveKey(name, version, 'fullchain'));
  try {
    return chain && leafFacts(new X509Certificate(chain.body));
  } catch {
    return undefined;
  }
}
