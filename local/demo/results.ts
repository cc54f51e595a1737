import { GetObjectCommand } from '@aws-sdk/client-s3';
import { LivePointer } from '../../lib/foundation/certificate/live-pointer.ts';
import { liveKey } from '../../lib/foundation/certificate/object-keys.ts';
import { complaintsAboutZone } from './dns.ts';
import { type Demo, SERVER_NAMES } from './scenario.ts';
import { servedBy } from './served.ts';
import type { Decision } from './watch-line.ts';

/** One certificate's line in the table. */
export interface Row {
  name: string;
  action: Decision['action'];
  reason: string;
  message?: string;
  oldNotAfter?: string | undefined;
  newNotAfter?: string | undefined;
  serial?: string | undefined;
  /** Host id to the served serial, or why the new certificate is not seen there. */
  hosts: Map<string, string>;
  /** Whether every host serves the new certificate for every name. */
  served: boolean;
}

/** What came of each certificate, read from the bucket and asked of Nginx over TLS. */
export function collectRows(demo: Demo, decisions: readonly Decision[]): Promise<Row[]> {
  return Promise.all(decisions.map((certificate) => rowOf(demo, certificate)));
}

async function rowOf(demo: Demo, certificate: Decision): Promise<Row> {
  const { name, action, reason } = certificate;
  const row: Row = { name, action, reason, hosts: new Map(), served: false };
  if (certificate.action === 'reject') return { ...row, message: certificate.message };
  const live = await readPointer(demo, name);
  row.oldNotAfter = certificate.notAfter;
  row.serial = live?.serial;
  if (action === 'wait') return row;
  row.newNotAfter = live?.notAfter;
  for (const { id, port } of demo.hosts)
    row.hosts.set(id, await seenOn(demo, { name, port, serial: live?.serial }));
  row.served = live !== undefined && [...row.hosts.values()].every((seen) => seen === live.serial);
  return row;
}

/** The serial that the host serves for all names of the certificate, or what is wrong. */
async function seenOn(
  { roots }: Demo,
  { name, port, serial }: { name: string; port: number; serial: string | undefined },
): Promise<string> {
  for (const serverName of SERVER_NAMES[name] ?? [name]) {
    const served = await servedBy(port, serverName, roots);
    if (served instanceof Error) return `${serverName}: ${served.message}`;
    if (served.serial !== serial) return `${serverName}: still ${served.serial}`;
  }
  return serial ?? 'none issued';
}

async function readPointer({ bucket }: Demo, name: string): Promise<LivePointer | undefined> {
  try {
    const { Body } = await bucket.s3.send(new GetObjectCommand({ Bucket: bucket.name, Key: liveKey(name) }));
    return LivePointer.parse(JSON.parse((await Body?.transformToString()) ?? ''));
  } catch {
    return undefined;
  }
}

/** What is wrong with other people's DNS records, in words. */
export async function complaintsAboutDns({ route53, zones }: Demo): Promise<string[]> {
  return (await Promise.all(zones.map((zone) => complaintsAboutZone(route53, zone)))).flat();
}
