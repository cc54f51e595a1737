import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type InstallFixture, servedSerial, startInstallFixture } from './install-fixture.ts';
import { assertUnbroken } from './tls-probe.ts';

let fixture: InstallFixture;
beforeAll(async () => {
  fixture = await startInstallFixture();
});
afterAll(() => fixture?.stop());

// Nginx opens the certificate and then the key through the link, so a reload that somebody else asks for can fall between.
test('a reload that finds the certificate of one version and the key of another is refused, and nothing stops being served', async () => {
  const host = await fixture.startHost({ sites: [{ serverName: 'a.example', lineage: 'a' }] });
  const before = await servedSerial(host, 'a.example');
  const stopProbe = fixture.probe(host, 'a.example');

  const key = join(host.root, 'live/a/privkey.pem');
  await copyFile(key, `${key}.kept`);
  await writeFile(key, (await fixture.authority.issue({ names: ['a.example'] })).privkey);
  await expect(host.nginx.reload()).rejects.toThrow(/key values mismatch/);
  expect(await servedSerial(host, 'a.example')).toBe(before);
  await copyFile(`${key}.kept`, key);

  const { serial } = await fixture.publish('a', ['a.example']);
  const { report } = await fixture.install(host, 'a');
  expect(report.results).toMatchObject([{ outcome: 'served', serial }]);
  assertUnbroken(await stopProbe());
});
