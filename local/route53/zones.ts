import type { AwsRequest, AwsResponse, Forward } from '../gateway/request.ts';
import { History } from './history.ts';
import { correctNameServers } from './hosted-zones-xml.ts';
import type { PublishedZone, ZoneView } from './published.ts';
import { normalizeName, type RecordSet, type RecordSets, recordSetKey } from './record-set.ts';
import { readRecordSet } from './record-set-xml.ts';
import { parseXml } from './xml.ts';

export interface Zone {
  id: string;
  name: string;
  isPrivate: boolean;
  /** With the trailing dot; empty for a private zone. */
  nameServers: string[];
  history: History;
}

type Element = Record<string, unknown>;

/** The hosted zones: moto knows that they exist, and whose they are; their record sets are kept here. */
export class Zones implements ZoneView {
  #byId = new Map<string, Zone>();
  #loading = new Map<string, Promise<Zone | AwsResponse>>();
  /** Access keys that moto has shown a zone to, with the zone's id. */
  #allowed = new Set<string>();
  #clock: () => number;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  zones(): PublishedZone[] {
    return [...this.#byId.values()]
      .filter((zone) => !zone.isPrivate)
      .map(({ id, name, nameServers, history }) => {
        return { id, name, nameServers, recordSets: (lagMs = 0) => history.at(this.#clock() - lagMs) };
      });
  }

  countOf(id: string): number | undefined {
    return this.#byId.get(id)?.history.latest.size;
  }

  /** A zone that the request's principal may see, read from moto the first time; or moto's answer that there is none. */
  async find(id: string, request: AwsRequest, forward: Forward): Promise<Zone | AwsResponse> {
    const known = this.#byId.get(id);
    const permission = `${request.accessKeyId} ${id}`;
    if (known && this.#allowed.has(permission)) return known;
    const loading = this.#loading.get(permission) ?? this.#load(id, request, forward);
    this.#loading.set(permission, loading);
    const found = await loading.finally(() => this.#loading.delete(permission));
    if ('status' in found) return found;
    this.#allowed.add(permission);
    return found;
  }

  /** Makes the zones of an answer of moto known; who got the answer may see them. */
  async learn(ids: string[], request: AwsRequest, forward: Forward): Promise<void> {
    for (const id of ids) {
      if (this.#byId.has(id)) this.#allowed.add(`${request.accessKeyId} ${id}`);
      else await this.find(id, request, forward);
    }
  }

  remove(id: string): void {
    this.#byId.delete(id);
  }

  async #load(id: string, request: AwsRequest, forward: Forward): Promise<Zone | AwsResponse> {
    const ask = (path: string) =>
      forward({
        ...request,
        method: 'GET',
        path: `/2013-04-01/hostedzone/${id}${path}`,
        body: Buffer.alloc(0),
      });
    const answer = await ask('');
    if (answer.status !== 200) return answer;
    const known = this.#byId.get(id);
    if (known) return known;

    const { HostedZone: element, DelegationSet: delegationSet } = parseXml(
      correctNameServers(String(answer.body)),
    ).GetHostedZoneResponse as {
      HostedZone: Element;
      DelegationSet?: { NameServers: { NameServer: string[] } };
    };
    const name = normalizeName(String(element.Name));
    const nameServers = (delegationSet?.NameServers.NameServer ?? []).map((server) => `${server}.`);
    const isPrivate = (element.Config as Element | undefined)?.PrivateZone === 'true';
    const recordSets = await this.#readRecordSets(ask, { name, nameServers });
    const zone = { id, name, isPrivate, nameServers, history: new History(recordSets) };
    this.#byId.set(id, zone);
    return zone;
  }

  /** What moto holds at first: NS and SOA, and what CloudFormation put there. */
  async #readRecordSets(
    ask: (path: string) => Promise<AwsResponse>,
    apex: { name: string; nameServers: string[] },
  ): Promise<RecordSets> {
    const answer = await ask('/rrset');
    const { ResourceRecordSets: list } = parseXml(String(answer.body))
      .ListResourceRecordSetsResponse as Element;
    const elements = ((list as Element | undefined)?.ResourceRecordSet ?? []) as Element[];
    const others = elements
      .map(readRecordSet)
      .filter(({ name, type }) => name !== apex.name || (type !== 'NS' && type !== 'SOA'));
    return new Map(
      [...apexRecordSets(apex), ...others].map((recordSet) => [recordSetKey(recordSet), recordSet]),
    );
  }
}

/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html */
function apexRecordSets({ name, nameServers }: { name: string; nameServers: string[] }): RecordSet[] {
  const [first = 'ns-0.awsdns-00.com.'] = nameServers;
  const soa = `${first} awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400`;
  const servers = nameServers.length > 0 ? nameServers : [first];
  return [
    { name, type: 'NS', ttl: 172_800, values: servers, routing: {} },
    { name, type: 'SOA', ttl: 900, values: [soa], routing: {} },
  ];
}
