import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeLineage } from '../../local/hosts/lineage.ts';
import { selfSign } from '../../local/hosts/self-signed.ts';
import { type BareHost, startBareHost } from '../fakes/bare-host.ts';

const OLD = '20250101T000000Z-000000';
const [ONE, TWO] = ['0123456789ab', 'ba9876543210'];

let host: BareHost;
beforeEach(async () => {
  host = await startBareHost();
  await writeLineage(host.root, 'a', await selfSign({ names: ['a.example'] }), 'perennial');
  host.server.serve('a.example', 'a');
  host.publish('a', await selfSign({ names: ['a.example'] }));
  host.program('podman', 'exit 127');
  host.program('nerdctl', 'exit 127');
});
afterEach(() => host?.stop());

interface Container {
  status?: string;
  source?: string;
  writable?: boolean;
}

/** An engine that has containers: by name or id, and all of them by the label of a compose service. */
function engine(containers: Record<string, Container>, refuses = '') {
  for (const [name, { status = 'running', source = '/srv', writable = false }] of Object.entries(
    containers,
  )) {
    const found = [{ State: { Status: status, Pid: 1 }, Mounts: [{ Source: source, RW: writable }] }];
    writeFileSync(join(host.bucket, `${name}.inspected`), JSON.stringify(found, null, 4));
  }
  const ids = Object.keys(containers).join('\\n');
  host.program(
    'docker',
    `cd ${host.bucket}
case "$1 $2" in
  'container inspect') cat "$3.inspected" 2>/dev/null || { echo "Error: No such container: $3"; exit 1; } ;;
  ps*) case $* in *label=com.docker.compose.service=web*) printf '${ids}\\n' ;; esac ;;
  exec*)
    printf '%s\\n' "$*" >>../asked
    case "$*" in *'${refuses || 'nothing'}') echo 'nginx: [emerg] refused'; exit 1 ;; esac
    case "$*" in *reload) echo reload >>../reloads ;; esac ;;
esac`,
  );
}
const install = () => host.install('a', { reload: 'container', container: 'web' });

describe('Nginx in a container', () => {
  test('is tested, and then reloaded', async () => {
    engine({ web: {} });
    expect((await install()).results).toMatchObject([{ outcome: 'served' }]);
    expect(host.asked()).toEqual(['exec web nginx -t', 'exec web nginx -s reload']);
  });

  test('of several replicas is tested in all before one is reloaded', async () => {
    engine({ [ONE]: {}, [TWO]: {} });
    expect((await install()).results).toMatchObject([{ outcome: 'served' }]);
    const tested = [`exec ${ONE} nginx -t`, `exec ${TWO} nginx -t`];
    const reloaded = [`exec ${ONE} nginx -s reload`, `exec ${TWO} nginx -s reload`];
    expect(host.asked()).toEqual([...tested, ...reloaded]);
  });

  test('that one replica refuses is reloaded in none', async () => {
    engine({ [ONE]: {}, [TWO]: {} }, `${TWO} nginx -t`);
    const { results } = await install();
    expect(results).toMatchObject([{ outcome: 'rolled-back', reason: 'nginx-test-failed' }]);
    expect(host.asked().filter((line) => line.includes('reload'))).toEqual([]);
    expect(host.link('a')).toContain(OLD);
  });

  test('that is not there leaves the new version for when it is', async () => {
    engine({});
    const { results } = await install();
    expect(results).toMatchObject([{ outcome: 'failed', reason: 'container-not-found' }]);
    expect(host.link('a')).not.toContain(OLD);
  });

  test('that stopped is waited for, and then left', async () => {
    engine({ web: { status: 'restarting' } });
    host.hurry();
    const { results } = await install();
    expect(results).toMatchObject([{ outcome: 'failed', reason: 'container-restarting' }]);
    expect(host.asked()).toEqual([]);
  });

  test.each([
    ['/mnt/letsencrypt', true, 'mounted-writable'],
    ['/mnt', true, 'mounted-writable'],
    ['/', true, 'mounted-writable'],
    ['/', false, 'new-certificate-served'],
    ['/mnt/letsencrypt', false, 'new-certificate-served'],
    ['/mnt/other', true, 'new-certificate-served'],
  ])('that has %s (to write: %s) is reported as %s', async (source, writable, reason) => {
    engine({ web: { source, writable } });
    expect((await install()).results).toMatchObject([{ outcome: 'served', reason }]);
  });
});
