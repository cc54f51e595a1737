import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Host } from '../../local/hosts/host.ts';
import { nginxConfiguration } from '../../local/hosts/nginx-configuration.ts';
import { type InstallFixture, startInstallFixture } from './install-fixture.ts';
import { assertUnbroken, startProbe } from './tls-probe.ts';

const NAME = 'both.example';
const SIGNATURES = { ecdsa: 'ECDSA+SHA256', rsa: 'RSA-PSS+SHA256:RSA+SHA256' };

describe('an RSA certificate beside an ECDSA one, for one server name', { timeout: 300_000 }, () => {
  let fixture: InstallFixture;
  let host: Host;
  beforeAll(async () => {
    fixture = await startInstallFixture();
    const rsa = await fixture.authority.issue({ names: [NAME], key: 'rsa' });
    host = await fixture.startHost({
      sites: [
        { serverName: NAME, lineage: 'both' },
        { serverName: NAME, lineage: 'both-rsa', certificate: rsa },
      ],
    });
    await serve('both', 'both-rsa');
    await host.nginx.reload();
    await vi.waitFor(async () => expect(await failuresOfBoth()).toEqual([]), { timeout: 20_000 });
  });
  afterAll(() => fixture?.stop());

  /** One server block with the certificates of these lineages. */
  async function serve(lineage: string, ...others: string[]): Promise<void> {
    const live = (name: string) => `/etc/letsencrypt/live/${name}`;
    const text = nginxConfiguration(
      [{ port: host.tlsPort, serverName: NAME, certificateFolder: live(lineage) }],
      '/run',
    );
    const more = others.map(
      (name) =>
        `ssl_certificate ${live(name)}/fullchain.pem; ssl_certificate_key ${live(name)}/privkey.pem; `,
    );
    await host.nginx.writeConfiguration(text.replace('ssl_protocols', `${more.join('')}ssl_protocols`));
  }

  /** A client for each kind of key, 50 times a second. */
  const probeBoth = () =>
    Object.values(SIGNATURES).map((sigalgs) =>
      startProbe({ port: host.tlsPort, names: [NAME], ca: fixture.authority.root, sigalgs }),
    );

  /** A reload takes effect a little after it was asked for. */
  async function failuresOfBoth(): Promise<string[]> {
    const stopProbes = probeBoth();
    await sleep(200);
    return (await Promise.all(stopProbes.map((stop) => stop()))).flatMap(({ failures }) => failures);
  }

  test('is renewed with it by one command, each seen by the clients that can take only its kind', async () => {
    const stopProbes = probeBoth();
    const ecdsa = await fixture.publish('both', [NAME]);
    const rsa = await fixture.publish('both-rsa', [NAME], { key: 'rsa' });
    const { report } = await fixture.install(host, 'both both-rsa');
    expect(report.results).toMatchObject([
      { outcome: 'served', served: [NAME], serial: ecdsa.serial },
      { outcome: 'served', served: [NAME], serial: rsa.serial },
    ]);
    const seen = await Promise.all(stopProbes.map((stop) => stop()));
    for (const one of seen) assertUnbroken(one);
    expect(seen.map(({ serials }) => serials.at(-1))).toEqual([ecdsa.serial, rsa.serial]);
  });

  test('that is not in the configuration any more is found missing, though the other is served', async () => {
    await serve('both');
    await fixture.publish('both', [NAME]);
    await fixture.publish('both-rsa', [NAME], { key: 'rsa' });
    const { report } = await fixture.install(host, 'both both-rsa');
    expect(report.results).toMatchObject([
      { name: 'both', outcome: 'served' },
      { name: 'both-rsa', outcome: 'rolled-back', reason: 'other-certificate-served' },
    ]);
  });

  test('takes over where the kind of key of a lineage changes', async () => {
    const { serial } = await fixture.publish('both', [NAME], { key: 'rsa' });
    const { report } = await fixture.install(host, 'both');
    expect(report.results).toMatchObject([{ outcome: 'served', serial }]);
  });
});
