import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChangeResourceRecordSetsCommand } from '@aws-sdk/client-route-53';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SiteFinding } from '../../lib/delivery/probe/rules/site-facts.ts';
import { findFreePort } from '../../local/hosts/free-port.ts';
import { waitForPort } from '../../local/hosts/nginx.ts';
import { NginxService } from '../../local/hosts/nginx-service.ts';
import { ensureSetup } from '../../local/setup.ts';
import { DeployedLine } from './deployed-line.ts';

const ADDRESSES = { good: '127.0.0.1', bad: '127.0.0.2', closed: '127.0.0.3' };
let line: DeployedLine;
let nginx: NginxService;
let folder: string;
let ports: { tls: number; http: number };

beforeAll(async () => {
  ports = { tls: await findFreePort(), http: await findFreePort() };
  vi.stubEnv('PROBE_PRIVATE_PORTS', `${ports.tls},${ports.http}`);
  folder = await mkdtemp(join(tmpdir(), 'perennial-probe-'));
  line = await DeployedLine.start({ zones: ['example.com'] });
  for (const [name, address] of Object.entries(ADDRESSES)) await addAddress(`${name}.example.com`, address);
  for (const name of [...Object.keys(ADDRESSES), 'nowhere'])
    await line.put(`renewal/${name}.json`, {
      names: [`${name}.example.com`],
      profile: 'classic',
      probe: true,
    });
  await line.put('renewal/unasked.json', { names: ['unasked.example.com'], profile: 'classic' });
  await line.idle();
  for (const name of ['good', 'bad']) await download(name);
  nginx = new NginxService(folder, (await ensureSetup()).nginxRootfs);
  await nginx.writeConfiguration(configuration());
  await nginx.start();
  await waitForPort(ports.http);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await nginx?.stop();
  await line?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function addAddress(Name: string, Value: string): Promise<void> {
  const ResourceRecordSet = { Name, Type: 'A' as const, TTL: 60, ResourceRecords: [{ Value }] };
  const Changes = [{ Action: 'CREATE' as const, ResourceRecordSet }];
  await line.route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: line.zoneId('example.com'),
      ChangeBatch: { Changes },
    }),
  );
}

async function download(name: string): Promise<void> {
  await mkdir(join(folder, name), { recursive: true });
  for (const file of ['cert', 'fullchain', 'privkey'])
    await writeFile(join(folder, name, `${file}.pem`), (await line.text(`live/${name}/${file}.pem`)) ?? '');
}

/** One address does all as it should; the other forgets the chain, HTTP/2, HSTS and the redirect, and offers what is old. */
function configuration(): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${folder}/${kind};`,
  );
  const { good, bad } = ADDRESSES;
  return `daemon off; user root; worker_processes 1; pid ${folder}/nginx.pid; error_log stderr warn;
events { worker_connections 128; }
http {
  access_log off; ${temporary.join(' ')}
  server {
    listen ${good}:${ports.tls} ssl http2;
    ssl_certificate ${folder}/good/fullchain.pem;
    ssl_certificate_key ${folder}/good/privkey.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
    add_header Strict-Transport-Security "max-age=31536000" always;
    location / { return 200 "good"; }
  }
  server { listen ${good}:${ports.http}; location / { return 301 https://$host$request_uri; } }
  server {
    listen ${bad}:${ports.tls} ssl;
    ssl_certificate ${folder}/bad/cert.pem;
    ssl_certificate_key ${folder}/bad/privkey.pem;
    ssl_protocols TLSv1 TLSv1.1 TLSv1.2;
    ssl_ciphers DEFAULT:@SECLEVEL=0;
    location / { return 200 "bad"; }
  }
  server { listen ${bad}:${ports.http}; location / { return 200 "in the clear"; } }
}
`;
}

async function findings(name: string): Promise<SiteFinding[]> {
  return JSON.parse((await line.text(`probes/${name}.json`)) ?? '{"findings":[]}').findings;
}

const troubles = async (name: string) =>
  (await findings(name))
    .filter(({ status }) => status !== 'ok')
    .map(({ check, status }) => `${check} ${status}`);

async function weeklySweep(): Promise<void> {
  await line.cloud.fireSchedule((expression) => expression.startsWith('cron'));
  await line.idle();
}

describe('the look from outside', () => {
  it('finds nothing to say about a site that does as it should', async () => {
    await weeklySweep();
    expect(await troubles('good')).toEqual([]);
    expect((await findings('good')).map(({ check }) => check)).toEqual([
      'address',
      'connection',
      'served',
      'chain',
      'expiry',
      'tls-version',
      'http2',
      'redirect',
      'hsts',
    ]);
  });

  it('finds all that is wrong with one that does not', async () => {
    expect(await troubles('bad')).toEqual([
      'chain failing',
      'tls-version warning',
      'http2 warning',
      'redirect warning',
      'hsts warning',
    ]);
    const seen = (await findings('bad')).map((finding) => finding.seen).join('\n');
    expect(seen).toContain('the chain lacks its intermediate');
    expect(seen).toContain('offers TLSv1, TLSv1.1, TLSv1.2');
  });

  it('says when there is no address, or nobody there', async () => {
    expect(await troubles('nowhere')).toEqual(['address failing']);
    expect(await troubles('closed')).toEqual(['connection failing']);
  });

  it('is kept to those who ask for it', async () => {
    expect(await line.keys('probes/')).toEqual(
      ['bad', 'closed', 'good', 'nowhere'].map((name) => `probes/${name}.json`),
    );
  });

  it('follows a deployment, and sees that the old certificate is served still', async () => {
    await line.cloud.parts.aws.functions.invoke('perennial-local-scan', '{"start":"force","names":["good"]}');
    await line.idle();
    await deployed('good');
    expect(await troubles('good')).toEqual(['served warning']);
    await download('good');
    await nginx.reload();
    // Nginx answers the reload before its new worker serves.
    const seenAnew = async () => {
      await deployed('good');
      return troubles('good');
    };
    await expect.poll(seenAnew, { timeout: 60_000, interval: 500 }).toEqual([]);
  });
});

/** What `confirm` puts on the bus when a host is done. */
async function deployed(name: string): Promise<void> {
  const Detail = JSON.stringify({ name, group: 'web', hosts: [] });
  const { EventBridgeClient, PutEventsCommand } = await import('@aws-sdk/client-eventbridge');
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const events = new EventBridgeClient({ endpoint: line.cloud.endpoint, region: 'us-east-1', credentials });
  const Entries = [
    { EventBusName: 'perennial-local', Source: 'perennial', DetailType: 'Certificate Deployed', Detail },
  ];
  await events.send(new PutEventsCommand({ Entries }));
  events.destroy();
  await line.idle();
}
