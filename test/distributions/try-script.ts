import assert from 'node:assert/strict';
import { writeLineage } from '../../local/hosts/lineage.ts';
import { type InstallFixture, servedSerial } from '../integration/install-fixture.ts';
import { assertUnbroken } from '../integration/tls-probe.ts';
import { RootfsHost } from './rootfs-host.ts';

const LINEAGE = 'a';
const NAME = 'a.example';

/** The versions of what the script runs with, as each says it. */
export interface Tools {
  shell: string;
  awk: string;
  tools: string;
  openssl: string;
  aws: string;
  nginx: string;
}

/**
 * Has the script do in a root folder what it does on a host: take over certbot's folder beside a TLS client that sees no
 * failure, run again, and go back from what Nginx refuses. Throws an AssertionError that says what came instead.
 */
export async function tryScript(fixture: InstallFixture, root: string): Promise<Tools> {
  const host = await RootfsHost.in(root, fixture.aws);
  const settings = { root: '/etc/letsencrypt', reload: 'service', container: '', port: String(host.tlsPort) };
  const install = async () => {
    const { report, stderr, exitCode } = await fixture.install(host, LINEAGE, settings);
    return { results: report.results, reason: report.reason, stderr, exitCode };
  };
  try {
    const certificate = await fixture.authority.issue({ names: [NAME] });
    await writeLineage(host.letsencrypt, LINEAGE, certificate, 'certbot');
    await host.startNginx(LINEAGE, NAME);

    const { serial } = await fixture.publish(LINEAGE, [NAME]);
    const stopProbe = fixture.probe(host, NAME);
    const first = await install();
    assert.partialDeepStrictEqual(first, {
      exitCode: 0,
      stderr: '',
      results: [{ outcome: 'served', serial }],
    });
    assertUnbroken(await stopProbe());
    assert.equal(await servedSerial(host, NAME), serial);

    assert.partialDeepStrictEqual(await install(), { exitCode: 0, results: [{ outcome: 'unchanged' }] });

    await fixture.publish(LINEAGE, [NAME]);
    await host.configure('nonsense;');
    const refused = await install();
    const rolledBack = [{ outcome: 'rolled-back', reason: 'nginx-test-failed' }];
    assert.partialDeepStrictEqual(refused, { exitCode: 1, results: rolledBack });
    assert.match(refused.results[0]?.message ?? '', /unexpected end of file|unknown directive .?nonsense/);
    assert.equal(await servedSerial(host, NAME), serial);
    return await toolsOf(host);
  } finally {
    await host.stop();
  }
}

async function toolsOf(host: RootfsHost): Promise<Tools> {
  const first = async (...command: string[]) => (await host.print(...command)).split('\n')[0] ?? '';
  const shell = await first('sh', '-c', 'readlink /proc/$$/exe; :');
  return {
    shell: shell.replace(/.*\//, ''),
    // BusyBox's shell runs its own without looking for it.
    awk: (await first('sh', '-c', 'readlink -f "$(command -v awk)"')).replace(/.*\//, '') || 'its awk',
    tools: (await first('sed', '--help')).includes('BusyBox')
      ? (await first('busybox')).replace(/ \(.*/, '')
      : (await first('stat', '--version')).replace(/.*\) /, 'coreutils '),
    openssl: (await first('openssl', 'version')).split(' ').slice(0, 2).join(' '),
    aws: (await first('aws', '--version')).split(' ')[0] ?? '',
    nginx: (await first('nginx', '-v')).replace('nginx version: ', ''),
  };
}
