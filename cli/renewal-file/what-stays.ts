import pMap from 'p-map';
import { AcmRecord } from '../../lib/delivery/acm/rules/decide-imports.ts';
import { HostRecord, runOf } from '../../lib/delivery/deployment/rules/host-record.ts';
import type { ObjectStore } from '../../lib/foundation/bucket/object-store.ts';
import { findPointer } from '../../lib/foundation/bucket/read-pointer.ts';
import { identifierOf } from '../../lib/foundation/certificate/domain-name.ts';
import {
  acmKey,
  archivePrefix,
  HOSTS_PREFIX,
  hostKey,
  instanceIdsIn,
} from '../../lib/foundation/certificate/object-keys.ts';
import { RenewalFile } from '../../lib/foundation/certificate/renewal-file.ts';
import { orNone } from '../../lib/foundation/common/parse-json.ts';
import { READS_AT_ONCE } from '../stack/open-bucket.ts';

/** What is left of a certificate once its renewal file is gone. */
export interface Stays {
  live?: { version: string; notAfter: string };
  versions: string[];
  /** Hosts that have installed it. */
  hosts: string[];
  acm: { region: string; arn: string }[];
  /** CAA values that were added for it. */
  caa: { name: string; values: string[] }[];
  /** Names at which a standing record lets our account issue. */
  standing: string[];
}

type Reads = Pick<ObjectStore, 'get' | 'list' | 'folders'>;

/** Only reads. `body` is the renewal file as stored. */
export async function findStays(store: Reads, name: string, body: string): Promise<Stays> {
  const [found, versions, acm, hosts] = await Promise.all([
    findPointer(store, name),
    store.folders(archivePrefix(name)),
    store.get(acmKey(name)),
    hostsWith(store, name),
  ]);
  const live = found?.pointer;
  const file = orNone(body, RenewalFile);
  const isStanding = file?.challenge === 'dns-persist-01';
  return {
    ...(live && { live: { version: live.version, notAfter: live.notAfter } }),
    versions: versions.sort(),
    hosts,
    acm: (orNone(acm?.body, AcmRecord)?.imports ?? []).flatMap(({ region, arn }) =>
      arn === undefined ? [] : { region, arn },
    ),
    caa: live?.caa ?? [],
    standing: isStanding ? [...new Set(file.names.map(identifierOf))] : [],
  };
}

async function hostsWith(store: Reads, name: string): Promise<string[]> {
  const ids = instanceIdsIn(await store.list(HOSTS_PREFIX));
  const has = async (id: string) =>
    runOf(orNone((await store.get(hostKey(id)))?.body, HostRecord), name)?.version === undefined ? [] : id;
  return (await pMap(ids, has, { concurrency: READS_AT_ONCE })).flat();
}

/** A line for each thing that stays, and what a person may do about it. */
export function staysLines(name: string, { live, versions, hosts, acm, caa, standing }: Stays): string[] {
  const count = `${versions.length} version${versions.length === 1 ? '' : 's'}`;
  return [
    live
      ? `bucket: version ${live.version}, live until ${live.notAfter.slice(0, 10)}, and ${count} in archive/; removed 30 days after that. "perennial-tls revoke" ends it at once`
      : 'bucket: nothing of it was issued',
    ...(hosts.length > 0
      ? [`hosts: live/${name}/ on ${hosts.join(', ')}; remove it there once no server uses it`]
      : []),
    ...acm.map(({ region, arn }) => `ACM: ${arn} in ${region}, not renewed any more; delete it there`),
    ...caa.map(
      ({ name: at, values }) =>
        `CAA: ${values.join(', ')} at ${at}; remove it there if nothing else needs it`,
    ),
    ...standing.map((at) => `TXT: _validation-persist.${at} lets our account issue until you remove it`),
    'TXT: none at _acme-challenge; what a try that was cut off left there is removed by the next checks',
  ];
}
