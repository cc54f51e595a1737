import { nameServersOf } from './name-servers.ts';

/** Gives each delegation set in an answer of moto name servers of its own, as Route 53 does. */
export function correctNameServers(xml: string): string {
  const zoneId = /<Id>\/?hostedzone\/([^<]+)<\/Id>/.exec(xml)?.[1];
  return xml.replace(/<DelegationSet>.*?<\/DelegationSet>/gs, (block) => {
    const id = /<Id>(?:\/?delegationset\/)?([^<]+)<\/Id>/.exec(block)?.[1] ?? zoneId;
    if (id === undefined) return block;
    const names = nameServersOf(id);
    // Only a reusable delegation set has an id and a reference; moto shows them empty or made up.
    const shown =
      block.includes('<Id></Id>') || block.includes('<Id/>')
        ? block.replace(/<Id>.*?<\/Id>|<Id\/>|<CallerReference>.*?<\/CallerReference>/gs, '')
        : block;
    return shown.replace(/<NameServer>[^<]*<\/NameServer>/g, (old) => {
      const name = names.shift();
      return name === undefined ? old : `<NameServer>${name}</NameServer>`;
    });
  });
}

/** Puts the true number of record sets into each hosted zone of an answer of moto. */
export function correctCounts(xml: string, countOf: (zoneId: string) => number | undefined): string {
  return xml.replace(/<HostedZone>.*?<\/HostedZone>/gs, (block) => {
    const count = countOf(/<Id>\/?hostedzone\/([^<]+)<\/Id>/.exec(block)?.[1] ?? '');
    if (count === undefined) return block;
    return block.replace(/(<ResourceRecordSetCount>)\d+/, `$1${count}`);
  });
}

/** Puts a change's id and status in the place of moto's, which is always the same one and INSYNC. */
export function correctChangeInfo(xml: string, id: string): string {
  return xml.replace(/<ChangeInfo>.*?<\/ChangeInfo>/s, (block) =>
    block.replace(/<Id>[^<]*<\/Id>/, `<Id>/change/${id}</Id>`).replace('>INSYNC<', '>PENDING<'),
  );
}

/** The ids of the hosted zones in an answer. */
export function zoneIdsIn(xml: string): string[] {
  return [...xml.matchAll(/<Id>\/?hostedzone\/([^<]+)<\/Id>/g)].map(([, id = '']) => id);
}
