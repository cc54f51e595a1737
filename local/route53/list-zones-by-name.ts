import type { AwsResponse } from '../gateway/request.ts';
import { xmlAnswer } from './answers.ts';
import { compareStrings, normalizeName, reverseLabels } from './record-set.ts';
import { parseXml } from './xml.ts';

type Element = Record<string, unknown>;
interface ZoneElement extends Element {
  Id: string;
  Name: string;
}

const MAX_ITEMS = 100;

/**
 * Answers ListHostedZonesByName: zones from `dnsname` on, in the order of their names with reversed labels.
 * moto gives the zones of exactly that name, so a caller that relies on the name it gets back works there only.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListHostedZonesByName.html
 */
export async function listZonesByName(
  query: URLSearchParams,
  ask: (path: string) => Promise<AwsResponse>,
): Promise<AwsResponse> {
  const zones = await allZones(ask);
  const dnsName = query.get('dnsname') ?? undefined;
  const zoneId = query.get('hostedzoneid') ?? undefined;
  const from = dnsName === undefined ? '' : sortKey(normalizeName(dnsName), zoneId ?? '');
  const rest = zones.filter((zone) => keyOf(zone) >= from).sort((a, b) => compareStrings(keyOf(a), keyOf(b)));
  const maxItems = Math.min(Number(query.get('maxitems') ?? MAX_ITEMS), MAX_ITEMS);
  const next = rest[maxItems];
  return xmlAnswer('ListHostedZonesByNameResponse', {
    HostedZones: { HostedZone: rest.slice(0, maxItems) },
    DNSName: dnsName,
    HostedZoneId: zoneId,
    IsTruncated: next !== undefined,
    NextDNSName: next?.Name,
    NextHostedZoneId: next && bareId(next),
    MaxItems: maxItems,
  });
}

async function allZones(ask: (path: string) => Promise<AwsResponse>): Promise<ZoneElement[]> {
  const zones: ZoneElement[] = [];
  let marker: string | undefined;
  do {
    const after = marker === undefined ? '' : `&marker=${encodeURIComponent(marker)}`;
    const answer = await ask(`/2013-04-01/hostedzone?maxitems=${MAX_ITEMS}${after}`);
    const page = parseXml(String(answer.body)).ListHostedZonesResponse as Element;
    zones.push(...(((page.HostedZones as Element)?.HostedZone ?? []) as ZoneElement[]));
    marker = page.IsTruncated === 'true' ? String(page.NextMarker) : undefined;
  } while (marker !== undefined);
  return zones;
}

function keyOf(zone: ZoneElement): string {
  return sortKey(normalizeName(zone.Name), bareId(zone));
}

function sortKey(name: string, id: string): string {
  return `${reverseLabels(name)} ${id}`;
}

function bareId({ Id: id }: ZoneElement): string {
  return id.replace('/hostedzone/', '');
}
