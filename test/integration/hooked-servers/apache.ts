import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HookedServer, Place } from './hooked-server.ts';

const MODULES = ['mpm_event', 'authz_core', 'ssl'];

const configuration = ({ host, folder, unpacked }: Place) => `
ServerRoot ${folder}
DefaultRuntimeDir ${folder}
PidFile ${folder}/apache.pid
ErrorLog ${folder}/error.log
Mutex file:${folder}
${MODULES.map((name) => `LoadModule ${name}_module ${unpacked.root}/usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
User www-data
Group www-data
ServerName a.example
DocumentRoot ${folder}
Listen 127.0.0.1:${host.tlsPort}
SSLEngine on
SSLCertificateFile ${host.root}/live/a/fullchain.pem
SSLCertificateKeyFile ${host.root}/live/a/privkey.pem
`;

export const apache: HookedServer = {
  debian: { name: 'apache2', packageName: 'apache2-bin', file: 'usr/sbin/apache2' },
  hook: 'apache.sh',
  async configure(place) {
    const file = join(place.folder, 'apache.conf');
    await writeFile(file, configuration(place));
    return {
      args: ['-f', file, '-D', 'FOREGROUND'],
      tools: {
        apachectl: `case $1 in configtest) set -- -t ;; *) set -- -k "$1" ;; esac\nexec '${place.unpacked.program}' -f '${file}' "$@"`,
      },
    };
  },
};
