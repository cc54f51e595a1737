import { Route53Client } from '@aws-sdk/client-route-53';
import { S3Client } from '@aws-sdk/client-s3';
import { type CloudOptions, type LocalCloud, startCloud } from '../cloud.ts';
import { createZone, type DemoZone, recordSet } from './dns.ts';
import {
  type Bucket,
  type EarlierCertificate,
  earlierCertificate,
  putEarlier,
  putHostRecord,
  putRenewalFile,
} from './seed.ts';

const GROUP = 'web';
const HOST_IDS = ['i-0a1b2c3d4e5f60718', 'mi-0f1e2d3c4b5a69788'];

/** The four certificates: expiring, not due, never issued, and one whose file is broken. */
const renewalFiles = (hosts: string[]): Record<string, string> => ({
  'example.com': JSON.stringify({
    names: ['example.com', '*.example.com'],
    hosts,
    serverNames: ['example.com', 'www.example.com'],
    profile: 'classic',
  }),
  'shop.example.com': JSON.stringify({ names: ['shop.example.com'], hosts }),
  'example.net': JSON.stringify({ names: ['example.net'], hosts, profile: 'classic' }),
  'broken.example.com': '{ "names": ["broken.example.com", "192.0.2.7"], "host": ["web"] }',
});

/** Somebody else's records, which must outlive every run. */
const FOREIGN = [
  recordSet('_acme-challenge.example.com', 'TXT', ['"value-of-somebody-else"'], 120),
  recordSet(
    'example.com',
    'CAA',
    ['0 issue "other-ca.example"', '0 iodef "mailto:security@example.com"'],
    600,
  ),
];

export interface Demo {
  cloud: LocalCloud;
  route53: Route53Client;
  bucket: Bucket;
  zones: DemoZone[];
  earlier: Map<string, EarlierCertificate>;
  roots: string;
  /** Host ids and where each serves TLS. */
  hosts: { id: string; port: number }[];
}

/** The cloud with two hosts, or none, that serve what an earlier run left: 12 days of one certificate and 71 of another. */
export async function startScenario(
  say: (line: string) => void,
  options: Pick<CloudOptions, 'reusePackage' | 'withoutHosts'> = {},
): Promise<Omit<Demo, 'bucket'>> {
  const ids = options.withoutHosts ? [] : HOST_IDS;
  const groups = groupsOf(ids);
  const earlier = new Map([
    ['example.com', await earlierCertificate(['example.com', '*.example.com'], groups, 12)],
    ['shop.example.com', await earlierCertificate(['shop.example.com'], groups, 71)],
  ]);
  const sites = [
    site('example.com', 'example.com', earlier),
    site('www.example.com', 'example.com', earlier),
    site('shop.example.com', 'shop.example.com', earlier),
    site('example.net', 'example.net', earlier),
  ];
  const hosts = ids.map((id) => ({ id, tags: { 'perennial-group': GROUP }, sites }));
  const cloud = await startCloud({
    ...options,
    hosts,
    say,
    propagationMs: 2_000,
    pebble: { caaIdentities: ['pebble.example'] },
  });
  const route53 = new Route53Client({
    endpoint: cloud.endpoint,
    region: 'us-east-1',
    credentials: CREDENTIALS,
  });
  const zones = [
    await createZone(route53, 'example.com', FOREIGN),
    await createZone(route53, 'example.net', []),
  ];
  const ports = ids.map((id) => ({ id, port: cloud.hosts.get(id)?.tlsPort ?? 0 }));
  return { cloud, route53, zones, earlier, roots: await cloud.caRoots(), hosts: ports };
}

const CREDENTIALS = { accessKeyId: 'demo', secretAccessKey: 'demo' };

function site(serverName: string, lineage: string, earlier: Map<string, EarlierCertificate>) {
  const certificate = earlier.get(lineage)?.pair;
  return { serverName, lineage, ...(certificate ? { certificate } : {}) };
}

/** Fills the deployed bucket with what earlier runs left. */
export async function seedBucket({ cloud, earlier, hosts }: Omit<Demo, 'bucket'>): Promise<Bucket> {
  const { Bucket: name = '' } = await cloud.outputs();
  const s3 = new S3Client({
    endpoint: cloud.endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: CREDENTIALS,
  });
  const bucket = { s3, name };
  for (const [lineage, certificate] of earlier) await putEarlier(bucket, lineage, certificate);
  for (const { id } of hosts) await putHostRecord(bucket, { id, group: GROUP }, earlier);
  return bucket;
}

export function putRenewalFiles({ bucket, hosts }: Pick<Demo, 'bucket' | 'hosts'>): Promise<unknown> {
  const files = Object.entries(renewalFiles(groupsOf(hosts)));
  return Promise.all(files.map(([name, text]) => putRenewalFile(bucket, name, text)));
}

const groupsOf = (hosts: readonly unknown[]) => (hosts.length > 0 ? [GROUP] : []);

export const SERVER_NAMES: Record<string, string[]> = {
  'example.com': ['example.com', 'www.example.com'],
  'example.net': ['example.net'],
};
