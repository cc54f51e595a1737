import assert from 'node:assert/strict';
import { type Put, whileThere } from '../../suite/while-there.ts';
import type { Attack } from '../attack.ts';
import { assertNotIssued, assertPrintable, assertToldPrintably, failureOf, HOSTILE } from '../stack.ts';

export const DNS_ZONES: readonly Attack[] = [
  {
    tried: 'leads a challenge name to a zone of the stack that is no challenge target, and to a foreign one',
    must: '`outside-challenge-targets`; nothing is written there, and the CA is not asked',
    run: (stages) =>
      stages.inStack(async (world) => {
        for (const target of ['evil.example.net', 'evil.example.org']) {
          const subject = await world.subject({ hasCompany: false });
          const name = `_acme-challenge.${subject.names[0]}`;
          await whileThere(
            world,
            [{ zone: 'example.com', name, type: 'CNAME', values: [target] }],
            async () => {
              const since = new Date();
              await world.put(subject);
              await assertNotIssued(world, subject);
              assert.equal(world.ordersOf(subject), 0, 'orders');
              const written = world.line.cloud.calls.matching({
                action: 'ChangeResourceRecordSets',
                since,
                principal: /Renew/i,
              });
              assert.equal(written.length, 0, 'changes by renew');
              await world.line.remove(`renewal/${subject.name}.json`);
              return '';
            },
          );
        }
        assert.match(JSON.stringify(world.line.logged), /outside-challenge-targets/);
        return '2 refused';
      }),
  },
  {
    tried: 'puts a wildcard CNAME above the names, to a place of his',
    must: 'proved at the name itself; nothing is written where it leads',
    run: (stages) =>
      stages.inStack(async (world) => {
        const wildcard: Put = {
          zone: 'example.com',
          name: '*.wild.example.com',
          type: 'CNAME',
          values: ['proofs.evil.example.net'],
        };
        return whileThere(world, [wildcard], async () => {
          const subject = await world.subject({ names: ['a.wild.example.com'], hasCompany: false });
          await world.put(subject, { caa: { mode: 'check' } });
          assert.ok(await world.line.pointer(subject.name), 'issued');
          const there = Object.keys(await world.line.records('example.net'));
          assert.deepEqual(
            there.filter((set) => set.includes('evil')),
            [],
          );
          return 'at the name itself';
        });
      }),
  },
  {
    tried: 'fills the challenge name with 90 values of his, and words of his in them',
    must: 'proved beside them; none of his is changed, none of ours is left',
    run: (stages) =>
      stages.inStack(async (world) => {
        const subject = await world.subject({ hasCompany: false });
        const name = `_acme-challenge.${subject.names[0]}`;
        const values = Array.from(
          { length: 90 },
          (_, index) => `"${'\\"; rm -rf / <b>'}${String(index).padStart(40, 'x')}"`,
        );
        return whileThere(world, [{ zone: 'example.com', name, type: 'TXT', values }], async () => {
          await world.put(subject);
          assert.ok(await world.line.pointer(subject.name), 'issued');
          const records = await world.line.records('example.com');
          assert.deepEqual([...(records[`TXT ${name}.`] ?? [])].sort(), [...values].sort());
          return 'his 90 are as before';
        });
      }),
  },
  {
    tried: 'puts CAA of his: for a CA of his only, and with words to be mailed',
    must: '`caa-forbids` before the CA is asked, or a value beside his; told in one printable line',
    run: (stages) =>
      stages.inStack(async (world) => {
        const subject = await world.subject({ hasCompany: false });
        const words = HOSTILE.replace(/[^\x20-\x7e]/g, ' ').replaceAll('"', "'");
        const values = ['0 issue ";"', `0 iodef "mailto:${words}"`];
        return whileThere(
          world,
          [{ zone: 'example.com', name: subject.names[0] ?? '', type: 'CAA', values }],
          async () => {
            await world.put(subject, { caa: { mode: 'check' } });
            const { reason, message } = await failureOf(world, subject);
            assert.equal(reason, 'caa-forbids');
            assertPrintable(message, message);
            assert.equal(world.ordersOf(subject), 0, 'orders');
            assertToldPrintably(world);
            return 'told before the CA is asked';
          },
        );
      }),
  },
];
