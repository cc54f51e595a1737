import assert from 'node:assert/strict';
import { ManyCertificates } from '../many-certificates.ts';
import type { Row } from '../row.ts';

const COUNT = 10_000;
const RUNS = 4;

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
  {
    number: 43,
    title: '10,000 certificates, one due; 10,000 due at once',
    endsLive: false,
    async run(world) {
      const many = new ManyCertificates(world);
      try {
        const [first] = await many.drain({ due: 1, runs: 1 });
        assert.deepEqual(first, ['many-00000'], 'one due');
        const drained = await many.drain({ due: COUNT, runs: RUNS });
        const all = drained.flat();
        assert.deepEqual(all, [...all].sort(), 'soonest expiry first');
        assert.equal(new Set(all).size, COUNT, 'drained');
        assert.ok(many.peakMb < 256, `${many.peakMb} MB`);
        return `scan: ${drained.map(({ length }) => length).join(' + ')} in ${RUNS} runs, soonest expiry first, ${many.peakMb} MB, slowest ${many.slowestS} s (orders not placed)`;
      } finally {
        many.stop();
      }
    },
  },
];
