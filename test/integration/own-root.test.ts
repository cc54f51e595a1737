import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readDirectory } from '../../lib/adapters/acme/directory.ts';
import { trustRoots } from '../../lib/adapters/node/trust-roots.ts';
import { pemOf, readCaRoots } from '../../lib/foundation/certificate/ca-roots.ts';
import { type Pebble, startPebble } from '../../local/pebble/start.ts';
import { makeRunDir } from '../../local/run-dir.ts';
import { ensureSetup } from '../../local/setup.ts';

/** Its server's certificate signed itself, as the root of a private CA does; no other test's trust reaches this process. */
let ca: Pebble;

beforeAll(async () => {
  const [{ pebble }, dir] = await Promise.all([ensureSetup(), makeRunDir()]);
  ca = await startPebble({ pebble, dnsServer: '127.0.0.1:1', dir: join(dir, 'pebble') });
});
afterAll(() => ca?.stop());

it('a CA under a root of its own is spoken to once its root is in params.caRoots, and before that the failure says so', async () => {
  await expect(readDirectory(ca.directoryUrl)).rejects.toMatchObject({
    reason: 'ca-unreachable',
    seen: expect.stringMatching(/cannot be reached: DEPTH_ZERO_SELF_SIGNED_CERT$/),
    remedy: 'if it is a CA of your own, give its root in params.caRoots and deploy',
  });
  trustRoots([]);
  await expect(readDirectory(ca.directoryUrl)).rejects.toMatchObject({ reason: 'ca-unreachable' });
  const read = readCaRoots(await readFile(ca.tlsCaFile, 'utf8'), new Date());
  trustRoots('roots' in read ? read.roots.map(pemOf) : []);
  expect(await readDirectory(ca.directoryUrl)).toMatchObject({ caaIdentity: 'pebble.letsencrypt.org' });
});
