import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../../../local/hosts/host.ts';
import type { HostOptions } from '../../../local/hosts/host-options.ts';
import type { InstallFixture } from '../install-fixture.ts';
import { assertUnbroken } from '../tls-probe.ts';

/**
 * One fault on a host, by its number in the list of faults. `run` injects it into the real script beside a real Nginx,
 * lets a clean run follow, and throws an AssertionError where an invariant is broken. Rows share nothing but the fixture.
 */
export interface HostFault {
  row: number;
  fault: string;
  run(fixture: InstallFixture): Promise<void>;
}

export interface ProbedOptions extends Omit<HostOptions, 'id' | 'sites'> {
  /** lineages that the host serves, each as `<lineage>.example` */
  lineages: string[];
  layout?: 'perennial' | 'certbot';
  /** names to probe, where not all that are served */
  probed?: string[];
}

/** Runs `body` beside a client that connects 50 times a second and must always get a valid certificate. */
export async function onProbedHost(
  fixture: InstallFixture,
  { lineages, layout = 'perennial', probed, ...options }: ProbedOptions,
  body: (host: Host) => Promise<void>,
): Promise<void> {
  const sites = lineages.map((lineage) => ({ serverName: `${lineage}.example`, lineage, layout }));
  const host = await fixture.startHost({ ...options, sites });
  const stopProbe = fixture.probe(host, ...(probed ?? sites.map(({ serverName }) => serverName)));
  let seen: Awaited<ReturnType<typeof stopProbe>>;
  try {
    await body(host);
  } finally {
    seen = await stopProbe();
  }
  assertUnbroken(seen);
  await assertPairsMatch(host);
}

export type Outcome = [outcome: string, reason: string];

/** Runs the script and compares how it ended for each name; a list of one for one name. */
export async function assertInstall(
  fixture: InstallFixture,
  host: Host,
  {
    names,
    outcomes,
    parameters,
  }: { names: string; outcomes: Outcome[]; parameters?: Record<string, string> },
): Promise<string> {
  const { report, stderr } = await fixture.install(host, names, parameters);
  const found = report.results.map(({ outcome, reason }) => [outcome, reason]);
  const messages = report.results.map(({ message }) => message).join('\n');
  assert.deepEqual(found, outcomes, `${messages}\n${stderr}`);
  return messages;
}

export const SERVED: Outcome = ['served', 'new-certificate-served'];

/** Nothing that a link in live/ leads to may have a key that is not its certificate's. */
async function assertPairsMatch(host: Host): Promise<void> {
  for (const name of await readdir(join(host.root, 'live'))) {
    const read = (file: string) => readFile(join(host.root, 'live', name, `${file}.pem`));
    const certificate = new X509Certificate(await read('fullchain'));
    assert.ok(certificate.checkPrivateKey(createPrivateKey(await read('privkey'))), `live/${name}: no pair`);
  }
}
