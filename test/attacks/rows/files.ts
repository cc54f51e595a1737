import assert from 'node:assert/strict';
import type { World } from '../../faults/world.ts';
import type { Attack } from '../attack.ts';
import { assertCleanPage, assertToldPrintably, failureOf } from '../stack.ts';

/** Puts renewal files, has them checked, and takes them away; none of them may become an order. */
async function whileFiles(
  world: World,
  files: Record<string, unknown>,
  then: (rejected: Map<string, string>) => Promise<void>,
): Promise<void> {
  const orders = () => world.ca.requests.filter(({ action }) => action === 'newOrder').length;
  const good = await world.subject({ hasCompany: false });
  const before = orders();
  try {
    for (const [name, body] of Object.entries(files)) await world.line.put(`renewal/${name}.json`, body);
    await world.put(good);
    const plan = await world.scan({ start: 'plan' });
    const rejected = new Map(
      plan.certificates.flatMap((one) => (one.action === 'reject' ? [[one.name, one.message] as const] : [])),
    );
    for (const name of Object.keys(files))
      assert.ok(rejected.has(name), `${JSON.stringify(name)} is rejected`);
    assert.equal(orders() - before, 1, 'orders: that of the good file');
    assert.ok(await world.line.pointer(good.name), 'the good file goes on');
    await then(rejected);
  } finally {
    for (const name of Object.keys(files)) await world.line.remove(`renewal/${name}.json`);
  }
}

const fine = { names: ['fine.example.com'], profile: 'classic' };

export const FILES: readonly Attack[] = [
  {
    tried:
      'asks for names outside `domains`, for names that are none, for a host group and a zone role that there is not',
    must: 'each file is rejected with one line; nothing is ordered, and a good file beside them is',
    run: (stages) =>
      stages.inStack(async (world) => {
        const files = {
          'outside-domains': { names: ['www.example.org'] },
          'alike-domains': { names: ['example.com.evil.example', 'evilexample.com'] },
          'ends-alike': { names: ['evilexample.com'] },
          'no-name': { names: ['$(id).example.com'] },
          'group-unknown': { ...fine, hosts: ['root'] },
          'zone-role-unknown': { ...fine, zoneRole: 'arn:aws:iam::123456789012:role/admin' },
          'many-server-names': {
            ...fine,
            serverNames: Array.from({ length: 1500 }, (_, i) => `n${i}.example.com`),
          },
        };
        await whileFiles(world, files, async (rejected) => {
          for (const message of rejected.values()) assert.match(message, /^[^\n]{1,1000}$/);
        });
        return `${Object.keys(files).length} rejected`;
      }),
  },
  {
    tried:
      'puts files of 3 MB, of 100,000 brackets, with `__proto__`, with a key twice, and one that is no text',
    must: 'each is rejected with one line, and holds up no other',
    run: (stages) =>
      stages.inStack(async (world) => {
        const files = {
          large: JSON.stringify({ ...fine, filler: 'x'.repeat(3_000_000) }),
          deep: '['.repeat(100_000),
          proto: '{"__proto__":{"names":["a.example.com"]},"constructor":{"prototype":{}}}',
          twice: '{"names":["a.example.com"],"names":["b.example.com"]}',
          bytes: '\u0000\u0001\ufffd\ud800',
        };
        await whileFiles(world, files, async (rejected) => {
          for (const message of rejected.values()) assert.match(message, /^[^\n]{1,1000}$/);
        });
        return `${Object.keys(files).length} rejected`;
      }),
  },
  {
    tried: 'calls a file by markup, and by characters that hide or turn writing round',
    must: 'log, events and page show one printable line, and no markup',
    run: (stages) =>
      stages.inStack(async (world) => {
        await whileFiles(world, { '<img src=x onerror=alert(1)>\u202e\u200b\u2066x': fine }, async () => {
          assertToldPrintably(world);
          await assertCleanPage(world);
        });
        return 'one printable line';
      }),
  },
  {
    tried: 'names a CA by http, and at an address with a user in it',
    must: 'rejected; nothing is asked there',
    run: (stages) =>
      stages.inStack(async (world) => {
        const files = {
          'over-http': { ...fine, ca: 'http://ca.example/directory' },
          'a-file': { ...fine, ca: 'file:///proc/self/environ' },
          'a-break': { ...fine, ca: 'https://ca.example/\r\nHost: evil' },
        };
        await whileFiles(world, files, async () => {});
        return `${Object.keys(files).length} rejected`;
      }),
  },
  {
    tried: "names a CA at the address of a machine's own metadata, and at private ones",
    must: 'nothing is sent there; remembered as `ca-answer-malformed`, and a good file is issued',
    run: (stages) =>
      stages.inStack(async (world) => {
        for (const ca of ['https://169.254.169.254/latest', 'https://10.0.0.1/directory']) {
          const subject = await world.subject({ hasCompany: false });
          await world.put(subject, { ca });
          const { reason, message } = await failureOf(world, subject);
          assert.equal(reason, 'ca-answer-malformed');
          assert.ok(message.includes('is no public IPv4 address'), message);
          await world.line.remove(`renewal/${subject.name}.json`);
        }
        await world.issued();
        return '2 not asked';
      }),
  },
];
