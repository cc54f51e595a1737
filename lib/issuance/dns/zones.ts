import { PerennialError } from '../../foundation/common/perennial-error.ts';
import type { ZONE } from '../../foundation/reasons/dns.ts';
import type { FoundRecord, HostedZone } from './rules/hosted-zones.ts';
import type { RecordChange, RecordSet } from './rules/record-edits.ts';

/**
 * The zones of the stack's own account, or those that a role of params.zoneRoles leads to. Cheap and without a call of its
 * own; a role that cannot be assumed fails each call with the reason `zone-role-denied`.
 */
export type ZonesOf = (role: string | undefined) => Zones;

/** Route 53's hosted zones, as far as they are ours to write. Errors are {@link ZoneError}. */
export interface Zones {
  /** Every hosted zone of its account, public and private, over all pages. */
  list(): Promise<HostedZone[]>;
  /** The name servers that Route 53 gave the zone (its delegation set), lower case without the trailing dot, sorted. */
  nameServers(zoneId: string): Promise<string[]>;
  /** All or nothing; the change's id. Throws {@link ChangeRefusedError} when Route 53 refuses the batch as such. */
  change(zoneId: string, changes: readonly RecordChange[]): Promise<string>;
  /** The simple set at a name and type; `undefined` when there is none. */
  read(zoneId: string, at: Pick<RecordSet, 'name' | 'type'>): Promise<RecordSet | undefined>;
  /** Every set of the zone, of whatever type and kind, over all pages (300 a page; Route 53 holds 10,000 a zone as a rule). */
  records(zoneId: string): Promise<FoundRecord[]>;
  isInSync(changeId: string): Promise<boolean>;
}

export class ZoneError extends PerennialError<keyof typeof ZONE> {
  override readonly name = 'ZoneError';
}

/** Route 53's `InvalidChangeBatch`: nothing was changed. `messages` are its own, one a change it objects to. */
export class ChangeRefusedError extends PerennialError<'record-refused'> {
  override readonly name = 'ChangeRefusedError';
  readonly messages: readonly string[];

  constructor(zoneId: string, messages: readonly string[], { cause }: ErrorOptions = {}) {
    const seen = `Route 53 refused a change of hosted zone ${zoneId}: ${messages.join('; ')}`;
    super('record-refused', { seen, cause });
    this.messages = messages;
  }
}
