import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Authorization } from '../iam/authorization.ts';
import { type ActionName, actionOf } from './action.ts';
import { jsonError } from './answers.ts';
import { CallLog } from './call-log.ts';
import { DroppedConnectionError, Faults } from './faults.ts';
import { connectionOf, createForward, plainHeaders, readAll } from './forward.ts';
import type { AwsRequest, AwsResponse, LocalService } from './request.ts';
import { credentialScope } from './scope.ts';

export interface GatewayOptions {
  motoUrl: string;
  /** by the service name of the credential scope; what is not here goes to moto as it is */
  services?: Record<string, LocalService>;
  /** told when what stands in for a service fails, which is answered with status 500 */
  onFailure?: (line: string) => void;
  /** what IAM would be asked about an answered call, for the call log */
  authorizationsOf?: (request: AwsRequest, name: ActionName, status: number) => Authorization[] | undefined;
  /** what of a request is not as AWS's API model has it, for the call log */
  complaintsAbout?: (request: AwsRequest) => string[];
  /** told after each call that was answered, such as a deployment's */
  onCall?: (request: AwsRequest, name: ActionName) => void;
}

/** The one address of the local AWS: an HTTP server on the loopback address that hands requests out by service. */
export class Gateway {
  readonly calls = new CallLog();
  readonly faults = new Faults();
  readonly #options: GatewayOptions;
  readonly #moto: ReturnType<typeof createForward>;
  readonly #server: Server;
  readonly #services: Map<string, LocalService>;
  readonly #witnesses: ((request: AwsRequest, name: ActionName) => void)[] = [];

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#services = new Map(Object.entries(options.services ?? {}));
    this.#moto = createForward(options.motoUrl);
    this.#server = createServer((incoming, outgoing) => {
      this.#serve(incoming, outgoing).catch(() => outgoing.destroy());
    });
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Listens on a free port. */
  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** From now on told of each request as it arrives, before any fault. */
  onRequest(witness: (request: AwsRequest, name: ActionName) => void): void {
    this.#witnesses.push(witness);
  }

  /** From now on requests for a service, by the name in the credential scope, go to what stands in for it. */
  serve(serviceName: string, service: LocalService): void {
    this.#services.set(serviceName, service);
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
    this.#moto.close();
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const at = new Date();
    const request = await readRequest(incoming);
    const name = actionOf(request);
    for (const witness of this.#witnesses) witness(request, name);
    this.#judge(request);
    try {
      const answer = await this.faults.apply(request, name, () => this.#answer(request));
      this.#log(request, name, { at, status: answer.status });
      this.#options.onCall?.(request, name);
      send(outgoing, answer);
    } catch (error) {
      const isDropped = error instanceof DroppedConnectionError;
      this.#log(request, name, { at, status: isDropped ? 0 : 500 });
      if (isDropped) incoming.socket.destroy();
      else send(outgoing, this.#failed(`${request.service} ${name.action}: ${describe(error)}`));
    }
  }

  #log(request: AwsRequest, name: ActionName, outcome: { at: Date; status: number }): void {
    const authorizations = this.#options.authorizationsOf?.(request, name, outcome.status);
    this.calls.add(request, name, { ...outcome, authorizations });
  }

  /** It goes on as it is: moto and the parts here are no judges of it. */
  #judge(request: AwsRequest): void {
    for (const complaint of this.#options.complaintsAbout?.(request) ?? []) {
      const line = `${this.calls.principalOf(request.accessKeyId)}: ${complaint}`;
      this.calls.nonconforming.push(line);
      this.#options.onFailure?.(`not as AWS's API model has it: ${line}`);
    }
  }

  #failed(line: string): AwsResponse {
    this.#options.onFailure?.(line);
    return jsonError('InternalFailure', `local cloud: ${line}`, 500);
  }

  #answer(request: AwsRequest): Promise<AwsResponse> {
    const service = this.#services.get(request.service);
    return service ? service.handle(request, this.#moto.forward) : this.#moto.forward(request);
  }
}

async function readRequest(incoming: IncomingMessage): Promise<AwsRequest> {
  const path = incoming.url ?? '/';
  return {
    ...credentialScope(incoming.headers, path),
    method: incoming.method ?? 'GET',
    path,
    headers: plainHeaders(incoming),
    body: await readAll(incoming),
    connection: connectionOf(incoming),
  };
}

function send(outgoing: ServerResponse, answer: AwsResponse): void {
  const headers = { ...answer.headers };
  headers['content-length'] ??= String(Buffer.byteLength(answer.body));
  outgoing.writeHead(answer.status, headers).end(answer.body);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
