import { join } from 'node:path';
import type { Host } from '../../local/hosts/host.ts';
import { onProbedHost, type ProbedOptions } from '../integration/host-faults/host-fault.ts';
import type { InstallFixture } from '../integration/install-fixture.ts';
import type { Stages } from './stages.ts';

/** A host that serves `a.example` from the lineage `a`, and a bucket with certificates for it. */
export interface Site {
  fixture: InstallFixture;
  host: Host;
  /** a path in the root folder */
  inRoot(path: string): string;
  /** what the script sees as /mnt/<path>: outside the root folder */
  outside(path: string): string;
  /** Publishes a new version, which the next installation is for. */
  publish(): ReturnType<InstallFixture['publish']>;
  /** Installs it, and gives what is reported of it. */
  install(parameters?: Record<string, string>): Promise<Result>;
}

interface Result {
  serial: string;
  outcome: string;
  reason: string;
  message: string;
  stdout: string;
  ms: number;
}

/** Attacks a host beside a client that connects 50 times a second and must get a valid certificate each time. */
export async function onSite(
  stages: Stages,
  attack: (site: Site) => Promise<string>,
  options: Omit<ProbedOptions, 'lineages'> = {},
): Promise<string> {
  const fixture = await stages.hosts();
  let seen = '';
  await onProbedHost(fixture, { lineages: ['a'], ...options }, async (host) => {
    seen = await attack(siteOf(fixture, host));
  });
  return seen;
}

export function siteOf(fixture: InstallFixture, host: Host): Site {
  return {
    fixture,
    host,
    inRoot: (path) => join(host.root, path),
    outside: (path) => join(host.root, '..', path),
    publish: () => fixture.publish('a', ['a.example']),
    async install(parameters) {
      const { report, stdout, stderr, ms } = await fixture.install(host, 'a', parameters);
      const [result] = report.results;
      if (!result) throw new Error(`no result: ${stdout}${stderr}`);
      return { ...result, stdout, ms };
    },
  };
}
