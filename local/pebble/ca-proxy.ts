import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request as httpsRequest, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { DroppedConnectionError, Faults } from '../gateway/faults.ts';
import { connectionOf, plainHeaders, readAll } from '../gateway/forward.ts';
import type { AwsRequest, AwsResponse } from '../gateway/request.ts';
import { type CaAction, caActionOf } from './ca-action.ts';
import { CaSubjects } from './ca-subjects.ts';
import type { Pebble } from './start.ts';

export interface CaRequest {
  action: CaAction;
  path: string;
  /** the DNS names that it is about, where that is known */
  names: string[];
  at: Date;
  /** 0 when the connection was dropped on purpose */
  status: number;
}

/** How connections to the CA fail; `refused` closes the port. */
export type Outage = 'refused' | 'not-tls';

/** An address of the CA where faults can be injected; requests are those of a service `acme`, actions are RFC 8555's words. */
export class CaProxy {
  readonly faults = new Faults();
  readonly requests: CaRequest[] = [];
  /** what requests are about, for faults that are meant for one certificate */
  readonly subjects = new CaSubjects();
  readonly #pebble: Pebble;
  readonly #ca: string;
  readonly #agent: Agent;
  readonly #server: Server;
  #port = 0;
  #outage: Outage | undefined;

  private constructor(pebble: Pebble, { cert, key }: { cert: string; key: string }) {
    this.#pebble = pebble;
    this.#ca = cert;
    this.#agent = new Agent({ keepAlive: true, ca: cert });
    this.#server = createServer({ cert, key }, (incoming, outgoing) => {
      this.#serve(incoming, outgoing).catch(() => incoming.socket.destroy());
    });
    this.#server.prependListener('connection', (socket) => {
      if (this.#outage === 'not-tls') socket.end('this is not TLS\n');
    });
  }

  /** Listens on a free port of the loopback address, with the CA's own TLS certificate. */
  static async start(pebble: Pebble): Promise<CaProxy> {
    const [cert, key] = await Promise.all(
      [pebble.tlsCaFile, pebble.tlsKeyFile].map((file) => readFile(file, 'utf8')),
    );
    const proxy = new CaProxy(pebble, { cert: cert ?? '', key: key ?? '' });
    await proxy.#listen();
    return proxy;
  }

  get directoryUrl(): string {
    return `https://127.0.0.1:${this.#port}/dir`;
  }

  /** From now on no connection gets through; undefined ends it. */
  async setOutage(outage: Outage | undefined): Promise<void> {
    const was = this.#outage;
    this.#outage = outage;
    if (outage !== undefined) this.#server.closeAllConnections();
    if (outage === 'refused' && was !== 'refused') this.#server.close();
    if (outage !== 'refused' && was === 'refused') await this.#listen();
  }

  count(action: CaAction): number {
    return this.requests.filter((request) => request.action === action).length;
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    this.#agent.destroy();
  }

  async #listen(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    const action = caActionOf(request.path);
    const names = this.subjects.of(request);
    const entry: CaRequest = { action, path: request.path, names, at: new Date(), status: 0 };
    this.requests.push(entry);
    try {
      const answer = await this.faults.apply(request, { action, resource: request.path }, () =>
        this.#forward(request),
      );
      entry.status = answer.status;
      outgoing.writeHead(answer.status, answer.headers).end(answer.body);
    } catch (error) {
      if (!(error instanceof DroppedConnectionError)) throw error;
      incoming.socket.destroy();
    }
  }

  /** The Host header stays: Pebble makes all its addresses from it, and looks for them in what is signed. */
  #forward({ method, path, headers, body }: AwsRequest): Promise<AwsResponse> {
    const { hostname, port } = new URL(this.#pebble.directoryUrl);
    return new Promise((resolve, reject) => {
      const options = { agent: this.#agent, ca: this.#ca, hostname, port, method, path, headers };
      httpsRequest(options, (response) => {
        const { 'content-length': _, 'transfer-encoding': __, ...kept } = plainHeaders(response);
        const status = response.statusCode ?? 500;
        readAll(response).then((answer) => {
          this.subjects.learn(path, { status, headers: kept, body: answer });
          resolve({ status, headers: kept, body: answer });
        }, reject);
      })
        .on('error', reject)
        .end(body);
    });
  }
}

async function readRequest(incoming: IncomingMessage): Promise<AwsRequest> {
  const {
    connection: _,
    'transfer-encoding': __,
    'content-length': ___,
    ...headers
  } = plainHeaders(incoming);
  const body = await readAll(incoming);
  return {
    service: 'acme',
    region: '',
    accessKeyId: '',
    method: incoming.method ?? 'GET',
    path: incoming.url ?? '/',
    headers: { ...headers, 'content-length': String(body.length) },
    body,
    connection: connectionOf(incoming),
  };
}
