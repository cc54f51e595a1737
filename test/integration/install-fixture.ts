import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type PeerCertificate } from 'node:tls';
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { groupListText } from '../../lib/delivery/deployment/rules/group-list.ts';
import type { Host } from '../../local/hosts/host.ts';
import type { HostOptions } from '../../local/hosts/host-options.ts';
import { Hosts } from '../../local/hosts/hosts.ts';
import type { PemPair } from '../../local/hosts/self-signed.ts';
import type { Site } from '../../local/hosts/site.ts';
import { startMoto } from '../../local/moto/start.ts';
import { makeRunDir } from '../../local/run-dir.ts';
import { ensureSetup } from '../../local/setup.ts';
import { pointerTo } from '../fakes/bare-host/objects.ts';
import { createAuthority, type IssueOptions } from './certificate-authority.ts';
import { startProbe } from './tls-probe.ts';

const scriptFile = join(import.meta.dirname, '../../lib/delivery/deployment/host/install.sh');

/** What the script's last line says. */
interface InstallReport {
  perennial: 1;
  agent: string;
  reason?: string;
  message?: string;
  results: {
    name: string;
    version: string;
    serial: string;
    outcome: string;
    reason: string;
    message: string;
    served: string[];
  }[];
}

export interface Published {
  name: string;
  version: string;
  serial: string;
  names: string[];
  pair: PemPair;
}

/** A bucket with certificates, hosts, and the script run on them. */
export async function startInstallFixture() {
  const setup = await ensureSetup();
  const dir = await makeRunDir();
  const moto = await startMoto({ venvBin: setup.venvBin, dir });
  const bucket = 'certificates-under-test';
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const s3 = new S3Client({ endpoint: moto.url, region: 'us-east-1', credentials, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const aws = { AWS_ENDPOINT_URL: moto.url, AWS_ACCESS_KEY_ID: 'host', AWS_SECRET_ACCESS_KEY: 'host' };
  const { venvBin, nginxRootfs, container } = setup;
  const hosts = new Hosts({ dir, container, nginxRootfs, venvBin, env: () => aws });
  const put = (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body }));
  const authority = await createAuthority();
  let versions = 0;
  let startedHosts = 0;

  return {
    dir,
    /** what a host's programs need to reach the bucket */
    aws,
    hosts,
    put,
    authority,
    /** Starts a host whose sites are served with certificates of the fixture's own CA. */
    async startHost(options: Omit<HostOptions, 'id'>): Promise<Host> {
      const sites: Site[] = [];
      for (const ofLineage of Map.groupBy(options.sites ?? [], ({ lineage }) => lineage).values()) {
        const names = ofLineage.map(({ serverName }) => serverName);
        const certificate = await authority.issue({ names });
        sites.push(...ofLineage.map((site) => ({ certificate, ...site })));
      }
      startedHosts += 1;
      return hosts.start({ ...options, id: `i-${startedHosts}`, sites });
    },
    /** Asks a host for names 50 times a second, until the returned function is called. */
    probe(host: Pick<Host, 'tlsPort'>, ...names: string[]) {
      return startProbe({ port: host.tlsPort, names, ca: authority.root });
    },
    script: () => readFile(scriptFile, 'utf8'),
    /** Puts a version into archive/ and points live/<name>.json to it; `change` falsifies the pointer. */
    async publish(name: string, names: string[], options: PublishOptions = {}): Promise<Published> {
      const pair = options.pair ?? (await authority.issue({ names, ...options }));
      versions += 1;
      const version = `20261120T${String(versions).padStart(6, '0')}Z-3f9a2c`;
      for (const [file, pem] of Object.entries(pair))
        await put(`archive/${name}/${version}/${file}.pem`, pem);
      const pointer = { ...pointerTo(pair, version), names, serverNames: options.serverNames };
      await put(`live/${name}.json`, JSON.stringify({ ...pointer, ...options.change }, null, 2));
      return { name, version, serial: pointer.serial, names, pair };
    },
    remove: (Key: string) => s3.send(new DeleteObjectCommand({ Bucket: bucket, Key })),
    /** Points live/<name>.json to what is published already; `change` falsifies the pointer. */
    async pointTo(
      { name, names, version, pair }: Published,
      change: Record<string, unknown> = {},
    ): Promise<void> {
      await put(
        `live/${name}.json`,
        JSON.stringify({ ...pointerTo(pair, version), names, ...change }, null, 2),
      );
    },
    /** Makes the list of the group `web` what is published of some certificates. */
    async list(...published: (Published & { putBack?: boolean })[]): Promise<void> {
      const certificates = published.map(({ name, version, names, pair, putBack }) => {
        const { serial, notAfter, sha256 } = pointerTo(pair, version);
        return {
          name,
          version,
          serial,
          notAfter,
          names,
          serverNames: [],
          ...sha256,
          ...(putBack && { putBack }),
        };
      });
      await put('groups/web.json', groupListText('web', certificates));
    },
    /** Runs the script on a host, with the document's parameters. */
    async install(host: Pick<Host, 'run'>, names: string, parameters: Record<string, string> = {}) {
      const all = {
        names,
        bucket,
        region: 'us-east-1',
        root: '/mnt/letsencrypt',
        reload: 'container',
        container: 'web',
        port: '443',
        ...parameters,
      };
      const env = Object.fromEntries(Object.entries(all).map(([key, value]) => [`SSM_${key}`, value]));
      const started = performance.now();
      const result = await host.run({ script: await readFile(scriptFile, 'utf8'), env, limitMs: 120_000 });
      if (/PRIVATE KEY/.test(result.stdout + result.stderr)) throw new Error('key material in the output');
      const lastLine = result.stdout.trim().split('\n').at(-1) || '{"results":[]}';
      const report = JSON.parse(lastLine) as InstallReport;
      return { ...result, report, ms: Math.round(performance.now() - started) };
    },
    async stop() {
      await hosts.stop();
      await moto.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export type InstallFixture = Awaited<ReturnType<typeof startInstallFixture>>;

export interface PublishOptions extends Omit<IssueOptions, 'names'> {
  pair?: PemPair;
  serverNames?: string[];
  change?: Record<string, unknown>;
}

/** The serial number of the certificate that a host serves for a name. */
export async function servedSerial(host: Pick<Host, 'tlsPort'>, serverName: string): Promise<string> {
  return (await ask(host.tlsPort, serverName)).serialNumber;
}

async function ask(port: number, servername: string): Promise<PeerCertificate> {
  const socket = connect({ host: '127.0.0.1', port, servername, rejectUnauthorized: false, timeout: 5000 });
  try {
    await once(socket, 'secureConnect');
    return socket.getPeerCertificate();
  } finally {
    socket.destroy();
  }
}
