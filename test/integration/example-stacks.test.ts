import { get } from 'node:https';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../../local/hosts/host.ts';
import { writeLineage } from '../../local/hosts/lineage.ts';
import { ensureSetup } from '../../local/setup.ts';
import { type InstallFixture, servedSerial, startInstallFixture } from './install-fixture.ts';
import { type Composed, composeIsMissing, composeUp } from './stacks/compose.ts';
import { STACKS } from './stacks/stacks.ts';
import { assertUnbroken } from './tls-probe.ts';
import { agreedProtocol, askWithoutTls } from './web-look.ts';

const NAMES = ['example.com', 'www.example.com'];
const { container } = await ensureSetup();
const missing = await composeIsMissing(container);

let fixture: InstallFixture;
beforeAll(async () => {
  if (!missing) fixture = await startInstallFixture();
});
afterAll(() => fixture?.stop());

describe.skipIf(missing).each(STACKS)(`examples/$name${missing ? ` (${missing})` : ''}`, (stack) => {
  const project = `perennial-${process.pid}-${stack.name}`;
  let host: Host;
  let composed: Composed | undefined;

  beforeAll(async () => {
    host = await fixture.startHost({ reload: 'hooks' });
    await writeLineage(host.root, 'example.com', await fixture.authority.issue({ names: NAMES }), 'certbot');
    const { tlsPort, httpPort, root: letsencrypt } = host;
    const folder = join(fixture.dir, stack.name);
    composed = await composeUp(stack, container, { folder, letsencrypt, project, tlsPort, httpPort });
  });

  afterAll(() => composed?.remove());

  test('has its application behind Nginx, with HTTP/2 and a way from port 80', async () => {
    await expect.poll(() => firstPage(host), { timeout: 60_000 }).toContain(stack.says);
    expect(await agreedProtocol(host.tlsPort, 'example.com')).toBe('h2');
    expect(await askWithoutTls(host.httpPort, 'example.com')).toEqual({
      status: 301,
      location: 'https://example.com/a?b=c',
    });
  });

  test('gets a new certificate from the service that `container` names, without one failed probe', async () => {
    const { serial } = await fixture.publish('example.com', NAMES);
    const stopProbe = fixture.probe(host, ...NAMES);
    const { report } = await fixture.install(host, 'example.com', { container: `${project}/web` });
    expect(report.results, report.results[0]?.message).toMatchObject([
      { outcome: 'served', reason: 'new-certificate-served', serial, served: NAMES },
    ]);
    assertUnbroken(await stopProbe());
    expect(await firstPage(host)).toContain(stack.says);
  });

  test('comes up with the new certificate after a restart', async () => {
    const before = await servedSerial(host, 'example.com');
    await composed?.run('restart', '-t', '1', 'web');
    await expect.poll(() => servedSerial(host, 'example.com').catch(() => '')).toBe(before);
    await expect.poll(() => firstPage(host)).toContain(stack.says);
  });
});

/** Its text, or why there is none. */
function firstPage(host: Host): Promise<string> {
  return new Promise((resolve) => {
    const options = { host: '127.0.0.1', port: host.tlsPort, servername: 'example.com' };
    const headers = { host: 'example.com' };
    get({ ...options, headers, rejectUnauthorized: false, timeout: 5000 }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.once('end', () => resolve(text));
    }).once('error', ({ message }) => resolve(message));
  });
}
