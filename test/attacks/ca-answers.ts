import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AwsResponse } from '../../local/gateway/request.ts';
import type { CaAction } from '../../local/pebble/ca-action.ts';
import { ALWAYS } from '../faults/answers.ts';
import type { Subject } from '../faults/subject.ts';
import type { World } from '../faults/world.ts';

/** The CA changes its answers to what is asked about a certificate. */
export function rewrites(
  world: World,
  { names }: Subject,
  action: CaAction,
  answer: (given: AwsResponse) => AwsResponse,
): void {
  world.ca.faults.add({
    action,
    times: ALWAYS,
    when: (request) => world.ca.subjects.of(request).some((name) => names.includes(name)),
    effect: { kind: 'rewrite', answer },
  });
}

export function changed(given: AwsResponse, change: (body: Record<string, unknown>) => object): AwsResponse {
  const body = JSON.parse(given.body.toString());
  return { ...given, body: JSON.stringify({ ...body, ...change(body) }) };
}

/** A server that nobody may ask: its address, and how often it was asked. */
export async function withTrap(
  attack: (trap: string, asked: () => number) => Promise<string>,
): Promise<string> {
  let count = 0;
  const server = createServer((_, response) => {
    count += 1;
    response.end('{}');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    return await attack(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, () => count);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
