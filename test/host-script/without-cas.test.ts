import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeLineage } from '../../local/hosts/lineage.ts';
import { selfSign } from '../../local/hosts/self-signed.ts';
import { type BareHost, startBareHost } from '../fakes/bare-host.ts';

let host: BareHost;
beforeEach(async () => {
  host = await startBareHost();
});
afterEach(() => host?.stop());

test('openssl is told of no CAs where it would read all of the host', async () => {
  await writeLineage(host.root, 'a', await selfSign({ names: ['a.example'] }), 'perennial');
  host.server.serve('a.example', 'a');
  host.publish('a', await selfSign({ names: ['a.example'] }));
  const log = join(host.bucket, 'calls');
  host.program('openssl', `echo "$1 \${SSL_CERT_FILE-all}" >>${log}\nexec /usr/bin/openssl "$@"`);
  const { results } = await host.install('a');
  expect(results).toMatchObject([{ outcome: 'served' }]);
  const calls = new Set(readFileSync(log, 'utf8').split('\n'));
  expect([...calls].filter((call) => /^(x509|s_client)/.test(call)).sort()).toEqual(['s_client /', 'x509 /']);
});
