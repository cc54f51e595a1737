import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  GetHostedZoneCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsRequest,
  type ResourceRecordSet,
  type Route53Client,
  type RRType,
} from '@aws-sdk/client-route-53';
import type { FoundRecord, HostedZone } from '../../issuance/dns/rules/hosted-zones.ts';
import type { RecordChange, RecordSet } from '../../issuance/dns/rules/record-edits.ts';
import { ChangeRefusedError, ZoneError, type Zones } from '../../issuance/dns/zones.ts';
import { errorName, errorText, isAccessDenied } from './error-name.ts';
import { patiently } from './patiently.ts';
import { RequestBucket } from './request-bucket.ts';
import { bareId, bareName, refusalsOf, toFound, toRoute53 } from './route53-forms.ts';

/** Route 53. Only `CREATE` and exact `DELETE` are ever sent: a replacing write would lose other people's values. */
export class Route53Zones implements Zones {
  readonly #route53: Route53Client;
  readonly #bucket = new RequestBucket();
  readonly #remedy: string;

  /** `remedy` is for calls that are denied. */
  constructor(route53: Route53Client, remedy = 'the names must be at or below domains in settings.yml') {
    this.#route53 = route53;
    this.#remedy = remedy;
  }

  async list(): Promise<HostedZone[]> {
    const zones: HostedZone[] = [];
    let marker: string | undefined;
    do {
      const page = await this.#ask('list the hosted zones', () =>
        this.#route53.send(new ListHostedZonesCommand({ Marker: marker })),
      );
      for (const { Id, Name, Config } of page.HostedZones ?? [])
        if (Id && Name)
          zones.push({ id: bareId(Id), name: bareName(Name), isPrivate: Config?.PrivateZone ?? false });
      marker = page.IsTruncated ? page.NextMarker : undefined;
    } while (marker !== undefined);
    return zones;
  }

  async nameServers(zoneId: string): Promise<string[]> {
    const answer = await this.#ask(`look at hosted zone ${zoneId}`, () =>
      this.#route53.send(new GetHostedZoneCommand({ Id: zoneId })),
    );
    return (answer.DelegationSet?.NameServers ?? []).map(bareName).sort();
  }

  async change(zoneId: string, changes: readonly RecordChange[]): Promise<string> {
    const send = async () => {
      try {
        const input = { HostedZoneId: zoneId, ChangeBatch: { Changes: changes.map(toRoute53) } };
        const answer = await this.#route53.send(new ChangeResourceRecordSetsCommand(input));
        return bareId(answer.ChangeInfo?.Id ?? '');
      } catch (cause) {
        if (errorName(cause) !== 'InvalidChangeBatch') throw cause;
        throw new ChangeRefusedError(zoneId, refusalsOf(cause), { cause });
      }
    };
    return this.#ask(`change records in hosted zone ${zoneId}`, send, changes.length);
  }

  async read(
    zoneId: string,
    { name, type }: Pick<RecordSet, 'name' | 'type'>,
  ): Promise<RecordSet | undefined> {
    const found = await this.#firstSet(zoneId, name, type);
    if (!found) return undefined;
    if (found.SetIdentifier !== undefined || found.TTL === undefined) {
      throw new ZoneError('record-not-simple', {
        seen: `${type} at ${name} in hosted zone ${zoneId} is a routing-policy or alias record`,
        remedy: 'make it a simple one, or remove it',
      });
    }
    return { name, type, ttl: found.TTL, values: toFound(found).values };
  }

  async cname(zoneId: string, name: string): Promise<{ target?: string } | undefined> {
    const found = await this.#firstSet(zoneId, name, 'CNAME');
    if (!found) return undefined;
    const [value] = found.SetIdentifier === undefined ? toFound(found).values : [];
    return value === undefined ? {} : { target: bareName(value) };
  }

  async #firstSet(zoneId: string, name: string, type: RRType): Promise<ResourceRecordSet | undefined> {
    const { ResourceRecordSets: [found] = [] } = await this.#recordSets(
      `read ${type} of ${name} in hosted zone ${zoneId}`,
      { HostedZoneId: zoneId, StartRecordName: name, StartRecordType: type, MaxItems: 1 },
    );
    return found && bareName(found.Name ?? '') === name && found.Type === type ? found : undefined;
  }

  async records(zoneId: string): Promise<FoundRecord[]> {
    const found: FoundRecord[] = [];
    let from: ListResourceRecordSetsRequest = { HostedZoneId: zoneId };
    for (;;) {
      const page = await this.#recordSets(`read the records of hosted zone ${zoneId}`, from);
      found.push(...(page.ResourceRecordSets ?? []).map(toFound));
      if (!page.IsTruncated) return found;
      from = {
        HostedZoneId: zoneId,
        StartRecordName: page.NextRecordName,
        StartRecordType: page.NextRecordType,
        StartRecordIdentifier: page.NextRecordIdentifier,
      };
    }
  }

  async isInSync(changeId: string): Promise<boolean> {
    const answer = await this.#ask(`look at change ${changeId}`, () =>
      this.#route53.send(new GetChangeCommand({ Id: changeId })),
    );
    return answer.ChangeInfo?.Status === 'INSYNC';
  }

  #recordSets(attempt: string, input: ListResourceRecordSetsRequest) {
    return this.#ask(attempt, () => this.#route53.send(new ListResourceRecordSetsCommand(input)));
  }

  /** Makes a call, of so many changes, within the account's limits. A failure says what was attempted. */
  async #ask<T>(attempt: string, call: () => Promise<T>, changes = 0): Promise<T> {
    try {
      return await patiently(async () => {
        await this.#bucket.take(changes);
        return call();
      });
    } catch (cause) {
      if (cause instanceof ChangeRefusedError || cause instanceof ZoneError) throw cause;
      throw zoneError(attempt, cause, this.#remedy);
    }
  }
}

function zoneError(attempt: string, cause: unknown, remedy: string): ZoneError {
  const failure = (reason: ZoneError['reason'], why: string, todo = '') =>
    new ZoneError(reason, { seen: `could not ${attempt}: ${why}`, remedy: todo, cause });
  if (errorName(cause) === 'NoSuchHostedZone')
    return failure(
      'zone-missing',
      'the zone is gone',
      'create it again, or take its names out of the renewal files',
    );
  if (isAccessDenied(cause)) return failure('zone-access-denied', 'Route 53 denied it', remedy);
  return failure('zone-unavailable', errorText(cause));
}
