import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findOfDebian, type HookedServer, readExample } from './hooked-server.ts';

export const haproxy: HookedServer = {
  name: 'haproxy',
  hook: 'haproxy.sh',
  cut: '*/haproxy/certificates/*',
  find: () => findOfDebian({ name: 'haproxy', packageName: 'haproxy', file: 'usr/sbin/haproxy' }),
  async configure({ host, folder }) {
    const certificates = join(folder, 'certificates');
    await mkdir(certificates, { recursive: true });
    const files = ['fullchain', 'privkey'].map((file) => join(host.root, 'live/a', `${file}.pem`));
    const pems = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    await writeFile(join(certificates, 'a.pem'), pems.join(''));
    const file = join(folder, 'haproxy.cfg');
    const text = await readExample('haproxy.cfg', {
      '/run/haproxy/admin.sock': join(folder, 'admin.sock'),
      'bind :80': `bind 127.0.0.1:${host.httpPort}`,
      'bind :443': `bind 127.0.0.1:${host.tlsPort}`,
      '/etc/haproxy/certificates': certificates,
    });
    await writeFile(file, text);
    return {
      args: ['-W', '-f', file],
      edit: { '/etc/haproxy/certificates': certificates },
      tools: { systemctl: '[ "$*" = "reload haproxy" ] && kill -USR2 "$pid"' },
    };
  },
};
