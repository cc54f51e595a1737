import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Who answers on which ports, with which certificate. */
export interface Server {
  /** for TLS */
  port: number;
  /** where it sends on to TLS; nowhere when absent */
  httpPort?: number;
  serverName: string;
  /** the folder with fullchain.pem and privkey.pem, as Nginx sees it */
  certificateFolder: string;
}

/** What users start from, and what the hosts here run. */
export const EXAMPLE_SITE = join(import.meta.dirname, '../../examples/nginx/conf.d/site.conf');

/** A whole nginx.conf; `runFolder` is where Nginx may write. */
export function nginxConfiguration(servers: Server[], runFolder: string): string {
  const example = readFileSync(EXAMPLE_SITE, 'utf8');
  return `
daemon off;
user root;
worker_processes 1;
pid ${runFolder}/nginx.pid;
error_log stderr warn;
events { worker_connections 512; }
http {
  access_log off;
  server_names_hash_bucket_size 128;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${runFolder}/${kind};`).join('\n  ')}
${servers.map((server) => siteOf(server, example)).join('')}}
`;
}

/** The example with the names, ports and folder of this server. */
function siteOf({ port, httpPort, serverName, certificateFolder }: Server, example: string): string {
  const [redirect = '', ...site] = example.split(/\n\n(?=server )/);
  const changes = {
    'listen 80;': `listen 127.0.0.1:${httpPort};`,
    'listen 443 ': `listen 127.0.0.1:${port} `,
    'server_name example.com www.example.com;': `server_name ${serverName};`,
    '/etc/letsencrypt/live/example.com/': `${certificateFolder}/`,
  };
  for (const from of Object.keys(changes)) {
    if (!example.includes(from)) throw new Error(`${EXAMPLE_SITE} has no "${from}" any more`);
  }
  const wanted = [...(httpPort === undefined ? [] : [redirect]), ...site].join('\n\n');
  return Object.entries(changes).reduce((text, [from, to]) => text.replaceAll(from, to), wanted);
}
