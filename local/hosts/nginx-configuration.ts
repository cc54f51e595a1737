/** One server block: who answers on which port, with which certificate. */
export interface Server {
  port: number;
  serverName: string;
  /** the folder with fullchain.pem and privkey.pem, as Nginx sees it */
  certificateFolder: string;
}

/** A whole nginx.conf; `runFolder` is where Nginx may write. */
export function nginxConfiguration(servers: Server[], runFolder: string): string {
  return `
daemon off;
user root;
worker_processes 1;
pid ${runFolder}/nginx.pid;
error_log stderr warn;
events { worker_connections 128; }
http {
  access_log off;
  server_names_hash_bucket_size 128;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${runFolder}/${kind};`).join('\n  ')}
${servers.map(serverBlock).join('')}}
`;
}

function serverBlock({ port, serverName, certificateFolder }: Server): string {
  return `  server {
    listen 127.0.0.1:${port} ssl http2;
    server_name ${serverName};
    ssl_certificate ${certificateFolder}/fullchain.pem;
    ssl_certificate_key ${certificateFolder}/privkey.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
    location / { return 200 "${serverName}\\n"; }
  }
`;
}
