import { get } from 'node:http';
import { connect } from 'node:tls';

/** What a port of the loopback address answers without TLS for `http://<name>/a?b=c`: status and where it leads to. */
export function askWithoutTls(port: number, name: string): Promise<{ status?: number; location?: string }> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path: '/a?b=c', headers: { host: name } };
    get(options, ({ statusCode, headers: { location } }) => {
      resolve({
        ...(statusCode === undefined ? {} : { status: statusCode }),
        ...(location === undefined ? {} : { location }),
      });
    }).once('error', reject);
  });
}

/** What a server agrees to speak with a client that offers HTTP/2 and HTTP/1.1 (ALPN, RFC 7301). */
export function agreedProtocol(port: number, servername: string): Promise<string | false | null> {
  return new Promise((resolve, reject) => {
    const ALPNProtocols = ['h2', 'http/1.1'];
    const socket = connect({ host: '127.0.0.1', port, servername, ALPNProtocols, rejectUnauthorized: false });
    socket.once('error', reject).once('secureConnect', () => {
      resolve(socket.alpnProtocol);
      socket.destroy();
    });
  });
}
