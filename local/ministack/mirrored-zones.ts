import {
  GetHostedZoneCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
  type Route53Client,
} from '@aws-sdk/client-route-53';
import type { LocalService } from '../gateway/request.ts';
import type { PublishedZone, ZoneView } from '../route53/published.ts';
import { normalizeName, type RecordSet, recordSetKey } from '../route53/record-set.ts';

/** The zones of another Route 53, read from its API, for the local DNS to answer from. */
export class MirroredZones implements ZoneView {
  readonly #client: Route53Client;
  #zones: PublishedZone[] = [];

  constructor(client: Route53Client) {
    this.#client = client;
  }

  zones(): PublishedZone[] {
    return this.#zones;
  }

  /** Hands requests on, and reads all zones anew before a change is answered: it is in the DNS by then. */
  readonly service: LocalService = {
    handle: async (request, forward) => {
      const answer = await forward(request);
      if (request.method !== 'GET') await this.#read();
      return answer;
    },
  };

  async #read(): Promise<void> {
    const { HostedZones = [] } = await this.#client.send(new ListHostedZonesCommand({}));
    this.#zones = await Promise.all(HostedZones.map(({ Id = '' }) => this.#readZone(Id)));
  }

  async #readZone(Id: string): Promise<PublishedZone> {
    const { HostedZone, DelegationSet } = await this.#client.send(new GetHostedZoneCommand({ Id }));
    const { ResourceRecordSets = [] } = await this.#client.send(
      new ListResourceRecordSetsCommand({ HostedZoneId: Id }),
    );
    const recordSets = new Map(
      ResourceRecordSets.map(recordSetOf).map((recordSet) => [recordSetKey(recordSet), recordSet]),
    );
    return {
      id: Id,
      name: normalizeName(HostedZone?.Name ?? ''),
      nameServers: (DelegationSet?.NameServers ?? []).map(normalizeName),
      recordSets: () => recordSets,
    };
  }
}

function recordSetOf({ Name = '', Type, TTL, ResourceRecords = [] }: ResourceRecordSet): RecordSet {
  return {
    name: normalizeName(Name),
    type: Type ?? '',
    values: ResourceRecords.map(({ Value = '' }) => Value),
    routing: {},
    ...(TTL !== undefined && { ttl: TTL }),
  };
}
