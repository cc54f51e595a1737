import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findOfDebian, type HookedServer, type Place, readExample, siteChanges } from './hooked-server.ts';

const MODULES = ['mpm_event', 'authz_core', 'alias', 'http2', 'ssl'];

/** What the distribution's apache2.conf and ports.conf say. */
const frame = ({ host, folder, found }: Place) => `
ServerRoot ${folder}
DefaultRuntimeDir ${folder}
PidFile ${folder}/apache.pid
ErrorLog ${folder}/error.log
Mutex file:${folder}
${MODULES.map((name) => `LoadModule ${name}_module ${found.root}/usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
User www-data
Group www-data
ServerName a.example
Listen 127.0.0.1:${host.httpPort}
Listen 127.0.0.1:${host.tlsPort}
`;

export const apache: HookedServer = {
  name: 'apache2',
  hook: 'apache.sh',
  find: () => findOfDebian({ name: 'apache2', packageName: 'apache2-bin', file: 'usr/sbin/apache2' }),
  async configure(place) {
    const { host, folder, found } = place;
    const file = join(folder, 'apache.conf');
    await mkdir(join(folder, 'html'), { recursive: true });
    const site = await readExample('apache.conf', {
      ...siteChanges(host),
      '*:80>': `127.0.0.1:${host.httpPort}>`,
      '*:443>': `127.0.0.1:${host.tlsPort}>`,
      '/var/www/html': join(folder, 'html'),
    });
    await writeFile(file, frame(place) + site);
    return {
      args: ['-f', file, '-D', 'FOREGROUND'],
      tools: {
        apachectl: `case $1 in configtest) set -- -t ;; *) set -- -k "$1" ;; esac\nexec '${found.program}' -f '${file}' "$@"`,
      },
    };
  },
};
