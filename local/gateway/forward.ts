import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AwsResponse, Connection, Forward } from './request.ts';

const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'expect', 'content-length'];

/** Forwards requests unchanged, host header included, over kept connections. */
export function createForward(motoUrl: string): { forward: Forward; close(): void } {
  const agent = new Agent({ keepAlive: true });
  const { hostname, port } = new URL(motoUrl);
  const forward: Forward = (request) =>
    new Promise((resolve, reject) => {
      const headers = { ...endToEnd(request.headers), 'content-length': String(request.body.length) };
      const { method, path } = request;
      httpRequest({ agent, hostname, port, method, path, headers }, (response) => {
        readAll(response).then((body) => resolve(answerOf(response, body)), reject);
      })
        .on('error', reject)
        .end(request.body);
    });
  return { forward, close: () => agent.destroy() };
}

export async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function connectionOf({ socket }: IncomingMessage): Connection {
  return { callerPort: socket.remotePort ?? 0, serverPort: socket.localPort ?? 0 };
}

export function plainHeaders(message: IncomingMessage): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) plain[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return plain;
}

function answerOf(response: IncomingMessage, body: Buffer): AwsResponse {
  const headers = endToEnd(plainHeaders(response));
  const length = response.headers['content-length'];
  // The answer to HEAD tells the length of a body that does not come.
  if (body.length === 0 && length !== undefined) headers['content-length'] = length;
  return { status: response.statusCode ?? 500, headers, body };
}

function endToEnd(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
}
