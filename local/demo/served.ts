import { connect } from 'node:tls';

export interface Served {
  serial: string;
  notAfter: Date;
}

/** The certificate that a port serves for a name, if it verifies against `roots` and covers the name; an Error says why not. */
export function servedBy(port: number, serverName: string, roots: string): Promise<Served | Error> {
  return new Promise((resolve) => {
    const socket = connect(
      { host: '127.0.0.1', port, servername: serverName, ca: roots, timeout: 5_000 },
      () => {
        const certificate = socket.getPeerCertificate();
        resolve({ serial: certificate.serialNumber.toLowerCase(), notAfter: new Date(certificate.valid_to) });
        socket.end();
      },
    );
    socket.once('timeout', () => socket.destroy(new Error('no answer within 5 s')));
    socket.once('error', resolve);
  });
}
