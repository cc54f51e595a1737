import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findOfDebian, type HookedServer, readExample, siteChanges } from './hooked-server.ts';

export const caddy: HookedServer = {
  name: 'caddy',
  hook: 'caddy.sh',
  kernel: { file: '/proc/sys/net/ipv4/tcp_migrate_req', value: '1' },
  find: () => findOfDebian({ name: 'caddy', packageName: 'caddy', file: 'usr/bin/caddy' }),
  async configure({ host, folder, found }) {
    const file = join(folder, 'Caddyfile');
    const text = await readExample('Caddyfile', {
      // Its other settings are for all sites of the machine: where it may write, and no HTTP/3.
      'auto_https off': `auto_https off\n\tdefault_bind 127.0.0.1\n\tadmin unix//${folder}/admin.sock\n\tstorage file_system ${folder}/storage\n\tservers {\n\t\tprotocols h1 h2\n\t}`,
      ':80 ': `:${host.httpPort} `,
      ':443 ': `:${host.tlsPort} `,
      ...siteChanges(host),
    });
    await writeFile(file, text);
    return {
      args: ['run', '--config', file],
      edit: { '/etc/caddy/Caddyfile': file },
      tools: { caddy: `exec '${found.program}' "$@"` },
    };
  },
};
