import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findOfDebian, type HookedServer, readExample, siteChanges } from './hooked-server.ts';

export const h2o: HookedServer = {
  name: 'h2o',
  hook: 'h2o.sh',
  overlaps: true,
  mayMissReload: true,
  find: () => findOfDebian({ name: 'h2o', packageName: 'h2o', file: 'usr/bin/h2o' }),
  async configure({ host, folder, found }) {
    const file = join(folder, 'h2o.conf');
    await mkdir(join(folder, 'www'), { recursive: true });
    const text = await readExample('h2o.conf', {
      'user: debian-h2o': 'user: nobody',
      '/run/h2o.pid': join(folder, 'h2o.pid'),
      'port: 80': `host: 127.0.0.1\n      port: ${host.httpPort}`,
      'port: 443': `host: 127.0.0.1\n      port: ${host.tlsPort}`,
      ':80"': `:${host.httpPort}"`,
      ':443"': `:${host.tlsPort}"`,
      '/var/www': join(folder, 'www'),
      ...siteChanges(host),
    });
    await writeFile(file, text);
    return {
      args: ['--mode', 'master', '--conf', file],
      env: { H2O_ROOT: join(found.root, 'usr') },
      edit: { '/etc/h2o/h2o.conf': file, '/run/h2o.pid': join(folder, 'h2o.pid') },
      tools: {
        h2o: `exec '${found.program}' "$@"`,
        systemctl: '[ "$*" = "reload h2o" ] && kill -HUP "$pid"',
      },
    };
  },
};
