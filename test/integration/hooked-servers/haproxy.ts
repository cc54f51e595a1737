import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HookedServer } from './hooked-server.ts';

const configuration = (folder: string, port: number) => `
global
  stats socket ${folder}/admin.sock mode 600 level admin expose-fd listeners
defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
frontend tls
  bind 127.0.0.1:${port} ssl crt ${folder}/certificates/ alpn h2,http/1.1
  http-request return status 200
`;

export const haproxy: HookedServer = {
  debian: { name: 'haproxy', packageName: 'haproxy', file: 'usr/sbin/haproxy' },
  hook: 'haproxy.sh',
  async configure({ host, folder }) {
    const certificates = join(folder, 'certificates');
    await mkdir(certificates, { recursive: true });
    const files = ['fullchain', 'privkey'].map((file) => join(host.root, 'live/a', `${file}.pem`));
    const pems = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    await writeFile(join(certificates, 'a.pem'), pems.join(''));
    await writeFile(join(folder, 'haproxy.cfg'), configuration(folder, host.tlsPort));
    return {
      args: ['-W', '-f', join(folder, 'haproxy.cfg')],
      edit: ['/etc/haproxy/certificates', certificates],
      tools: { systemctl: '[ "$*" = "reload haproxy" ] && kill -USR2 "$pid"' },
    };
  },
};
