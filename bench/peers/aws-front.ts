import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { runCommand } from '../../local/setup/run-command.ts';

/** A proxy for programs that know AWS's real address only: what they send there arrives at the local AWS. */
export interface AwsFront {
  proxyUrl: string;
  /** PEM file with which its TLS is trusted. */
  certificateFile: string;
  stop(): void;
}

/** Listens on the loopback address; only Route 53's address leads anywhere. */
export async function startAwsFront(endpoint: string, folder: string): Promise<AwsFront> {
  const files = { key: join(folder, 'front-key.pem'), cert: join(folder, 'front.pem') };
  await runCommand('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
    ...[
      '-config',
      '/dev/null',
      '-subj',
      '/CN=route53.amazonaws.com',
      '-keyout',
      files.key,
      '-out',
      files.cert,
    ],
    ...['-addext', 'subjectAltName=DNS:route53.amazonaws.com'],
  ]);
  const [key, cert] = await Promise.all([readFile(files.key), readFile(files.cert)]);
  const tls = createHttpsServer({ key, cert }, (incoming, outgoing) => forward(endpoint, incoming, outgoing));
  const proxy = createServer((_, outgoing) => void outgoing.writeHead(405).end());
  proxy.on('connect', ({ url }, socket: Socket) => {
    if (url !== 'route53.amazonaws.com:443') return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    tls.emit('connection', socket);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    proxyUrl: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    certificateFile: files.cert,
    stop() {
      proxy.close();
      tls.closeAllConnections();
      proxy.closeAllConnections();
    },
  };
}

function forward(endpoint: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method = 'GET', url = '/', headers } = incoming;
  const sent = request(new URL(url, endpoint), { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  sent.on('error', () => outgoing.destroy());
  incoming.pipe(sent);
}
