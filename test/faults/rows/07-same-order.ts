import assert from 'node:assert/strict';
import type { AwsResponse } from '../../../local/gateway/request.ts';
import { ALWAYS } from '../answers.ts';
import type { Row } from '../row.ts';
import type { World } from '../world.ts';

/** A CA that gives an order again, for the same names, until it is finalized, as Boulder does. */
function givesOrdersAgain({ ca }: World, names: readonly string[]): void {
  let open: { answer: AwsResponse; finalized: number } | undefined;
  const finalized = () =>
    ca.requests.filter(({ action, names: about }) => action === 'finalize' && about.includes(names[0] ?? ''))
      .length;
  const answer = (given: AwsResponse): AwsResponse => {
    if (open?.finalized !== finalized()) {
      open = { answer: given, finalized: finalized() };
      return given;
    }
    const { location = '' } = open.answer.headers;
    return { ...given, body: open.answer.body, headers: { ...given.headers, location } };
  };
  ca.faults.add({
    action: 'newOrder',
    when: (request) => names.some((name) => ca.subjects.of(request).includes(name)),
    times: ALWAYS,
    effect: { kind: 'rewrite', answer },
  });
}

export const ROW_07: Row = {
  number: 7,
  title: 'two lineages (RSA and ECDSA) of the same names that the CA gives one order',
  async run(world) {
    const first = await world.subject();
    const second = await world.subject({ names: first.names, hasCompany: false });
    for (const subject of world.subjects) subject.renewals = 2;
    givesOrdersAgain(world, first.names);
    await world.backDoor.quiet(`renewal/${first.name}.json`, {
      names: first.names,
      profile: 'classic',
      key: 'rsa-2048',
    });
    await world.backDoor.quiet(`renewal/${second.name}.json`, { names: second.names, profile: 'classic' });
    for (let scans = 0; scans < 2; scans += 1) await world.scan();
    const keys = await Promise.all(world.subjects.map(({ name }) => world.line.pointer(name)));
    assert.deepEqual(
      keys.map((pointer) => pointer?.key),
      ['rsa-2048', 'ecdsa-p256'],
    );
    assert.equal((await world.certificatesOf(first)).length, 2, 'certificates for both');
    return 'one after the other, one certificate each';
  },
};
