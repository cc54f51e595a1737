import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HookedServer, Place } from './hooked-server.ts';

const configuration = ({ host, folder }: Place) => `{
  admin unix//${folder}/admin.sock
  auto_https off
  storage file_system ${folder}/storage
  servers {
    protocols h1 h2
  }
}
https://a.example:${host.tlsPort} {
  bind 127.0.0.1
  tls ${host.root}/live/a/fullchain.pem ${host.root}/live/a/privkey.pem
  respond 200
}
`;

export const caddy: HookedServer = {
  debian: { name: 'caddy', packageName: 'caddy', file: 'usr/bin/caddy' },
  hook: 'caddy.sh',
  async configure(place) {
    const file = join(place.folder, 'Caddyfile');
    await writeFile(file, configuration(place));
    return {
      args: ['run', '--config', file],
      edit: ['/etc/caddy/Caddyfile', file],
      tools: { caddy: `exec '${place.unpacked.program}' "$@"` },
    };
  },
};
