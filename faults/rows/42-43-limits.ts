import assert from 'node:assert/strict';
import type { Row } from '../row.ts';

export const ROWS_42_43: Row[] = [
  {
    number: 42,
    title: 'CAA forbids the CA',
    async run(world) {
      const subject = await world.subject();
      const set = {
        Name: subject.names[0] ?? '',
        Type: 'CAA' as const,
        values: ['0 issue "other-ca.example"'],
      };
      await world.line.addRecord('example.com', set);
      await world.put(subject, { caa: { mode: 'check' } });
      subject.failures.push(/^caa-forbids$/);
      assert.equal(world.ordersOf(subject), 0, 'orders');
      const { message = '' } = (await world.state(subject))?.lastFailure ?? {};
      assert.match(message, /other-ca\.example/);
      await world.backDoor.quiet(`renewal/${subject.name}.json`, {
        names: subject.names,
        profile: 'classic',
      });
      return 'stopped before ordering, explained';
    },
  },
];
