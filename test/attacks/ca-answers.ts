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
