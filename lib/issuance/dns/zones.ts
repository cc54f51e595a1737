import { PerennialError } from '../../foundation/common/perennial-error.ts';
import type { ZONE } from '../../foundation/reasons/dns.ts';
import type { FoundRecord, HostedZone } from './rules/hosted-zones.ts';
import type { RecordChange, RecordSet } from './rules/record-edits.ts';

/**
 * The zones of the stack's own account, or those that a role of params.zoneRoles reaches. Makes no call itself; if the role
 * cannot be assumed, each call fails with the reason `zone-role-denied`.
 */
export type ZonesOf = (role: string | undefined) => Zones;

/** Route 53's hosted zones, as far as we may write them. Errors are {@link ZoneError}. */
export interface Zones {
  /** All hosted zones of its account, public and private. */
  list(): Promise<HostedZone[]>;
  /** The name servers that Route 53 gave the zone (its delegation set), lower case without the trailing dot, sorted. */
  nameServers(zoneId: string): Promise<string[]>;
  /** All or nothing; the change's id. Throws {@link ChangeRefusedError} when Route 53 refuses the batch as such. */
  change(zoneId: string, changes: readonly RecordChange[]): Promise<string>;
  /** The simple set at a name and type; `undefined` when there is none. */
  read(zoneId: string, at: Pick<RecordSet, 'name' | 'type'>): Promise<RecordSet | undefined>;
  /**
   * The CNAME of any kind that stands at the name itself, not at a wildcard above it; its target, in lower case without the
   * trailing dot, is absent where a record alias or a routing policy gives it.
   */
  cname(zoneId: string, name: string): Promise<{ target?: string | undefined } | undefined>;
  /** All sets of the zone, of every type and kind (300 a page; a zone usually holds at most 10,000). */
  records(zoneId: string): Promise<FoundRecord[]>;
  isInSync(changeId: string): Promise<boolean>;
}

export class ZoneError extends PerennialError<keyof typeof ZONE> {
  override readonly name = 'ZoneError';
}

/** The values that stand in a set leave no room for those to be added; nothing was changed. */
export class RecordSetFullError extends ZoneError {
  readonly standing: RecordSet;

  constructor(zoneId: string, standing: RecordSet, added: number) {
    const { name, type, values } = standing;
    super('record-set-full', {
      seen: `${type} at ${name} in hosted zone ${zoneId} holds ${values.length} values, and has no room for ${added} more`,
      remedy: 'remove values that nobody needs there, or let fewer challenge names lead there',
    });
    this.standing = standing;
  }
}

/** Route 53's `InvalidChangeBatch`: nothing was changed. `messages` are its own, one for each refused change. */
export class ChangeRefusedError extends PerennialError<'record-refused'> {
  override readonly name = 'ChangeRefusedError';
  readonly messages: readonly string[];

  constructor(zoneId: string, messages: readonly string[], { cause }: ErrorOptions = {}) {
    const seen = `Route 53 refused a change of hosted zone ${zoneId}: ${messages.join('; ')}`;
    super('record-refused', { seen, cause });
    this.messages = messages;
  }
}
