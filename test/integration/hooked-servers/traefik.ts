import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findTraefik } from '../../../local/setup/traefik.ts';
import { type HookedServer, readExample, siteChanges } from './hooked-server.ts';

export const traefik: HookedServer = {
  name: 'traefik',
  hook: 'traefik.sh',
  async find() {
    const found = await findTraefik();
    return typeof found === 'string' ? found : { ...found, root: '/' };
  },
  async configure({ host, folder }) {
    const file = join(folder, 'traefik.yml');
    const sites = join(folder, 'sites');
    await mkdir(sites, { recursive: true });
    const text = await readExample('traefik.yml', {
      '":80"': `"127.0.0.1:${host.httpPort}"`,
      '":443"': `"127.0.0.1:${host.tlsPort}"`,
      '/etc/traefik/sites': sites,
    });
    await writeFile(file, text);
    await writeFile(join(sites, 'a.yml'), await readExample('traefik-sites.yml', siteChanges(host)));
    return {
      args: [`--configFile=${file}`],
      tools: { systemctl: '[ "$*" = "kill --signal=HUP traefik" ] && kill -HUP "$pid"' },
    };
  },
};
