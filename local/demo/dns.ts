import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
  type Route53Client,
} from '@aws-sdk/client-route-53';

/** A hosted zone with records of somebody else, which must be there unchanged at the end. */
export interface DemoZone {
  id: string;
  name: string;
  foreign: ResourceRecordSet[];
}

export async function createZone(
  route53: Route53Client,
  name: string,
  foreign: ResourceRecordSet[],
): Promise<DemoZone> {
  const { HostedZone } = await route53.send(
    new CreateHostedZoneCommand({ Name: name, CallerReference: name }),
  );
  const id = HostedZone?.Id ?? '';
  if (foreign.length > 0) {
    const Changes = foreign.map((ResourceRecordSet) => ({ Action: 'CREATE' as const, ResourceRecordSet }));
    await route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: id, ChangeBatch: { Changes } }));
  }
  return { id, name, foreign };
}

export function recordSet(
  Name: string,
  Type: 'TXT' | 'CAA' | 'CNAME',
  values: string[],
  TTL = 300,
): ResourceRecordSet {
  return { Name, Type, TTL, ResourceRecords: values.map((Value) => ({ Value })) };
}

/** What is wrong with the zone after the run, in words; empty when nobody's record was touched and none of ours is left. */
export async function complaintsAboutZone(route53: Route53Client, zone: DemoZone): Promise<string[]> {
  const { ResourceRecordSets = [] } = await route53.send(
    new ListResourceRecordSetsCommand({ HostedZoneId: zone.id }),
  );
  const valuesAt = (name = '', type = '') => {
    const found = ResourceRecordSets.find(({ Name, Type }) => Type === type && Name === `${name}.`);
    return (found?.ResourceRecords ?? []).map(({ Value }) => Value ?? '');
  };
  const lost = zone.foreign.flatMap(({ Name, Type, ResourceRecords = [] }) =>
    ResourceRecords.filter(({ Value = '' }) => !valuesAt(Name, Type).includes(Value)).map(
      ({ Value }) => `${Type} ${Value} at ${Name} is lost`,
    ),
  );
  const foreignTxt = zone.foreign
    .filter(({ Type }) => Type === 'TXT')
    .flatMap(({ ResourceRecords = [] }) => ResourceRecords.map(({ Value }) => Value));
  const left = ResourceRecordSets.filter(({ Type }) => Type === 'TXT').flatMap(
    ({ Name, ResourceRecords = [] }) =>
      ResourceRecords.filter(({ Value }) => !foreignTxt.includes(Value)).map(
        ({ Value }) => `TXT ${Value} at ${Name} is left behind`,
      ),
  );
  return [...lost, ...left];
}
