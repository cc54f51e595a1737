import assert from 'node:assert/strict';
import type { World } from '../../faults/world.ts';
import type { Attack } from '../attack.ts';
import { assertCleanPage, assertToldPrintably, HOST, HOSTILE } from '../stack.ts';

/** Has the host print this instead of running the script, for a new certificate; gives that certificate's name and version. */
async function printing(
  world: World,
  output: (name: string) => string,
): Promise<{ name: string; version: string }> {
  const host = world.line.cloud.hosts.get(HOST);
  assert.ok(host, 'the host is there');
  const subject = await world.subject({ hasCompany: false });
  host.prepare = `cat <<'PRINTED'\n${output(subject.name)}\nPRINTED\nexit 0`;
  try {
    await world.put(subject, { hosts: ['web'] });
  } finally {
    host.prepare = undefined;
  }
  const live = await world.line.pointer(subject.name);
  assert.ok(live, 'the certificate is committed, whatever a host says');
  return { name: subject.name, version: live.version };
}

const recordOf = async (world: World, id = HOST) =>
  JSON.parse((await world.line.text(`hosts/${id}.json`)) ?? '{"lineages":{}}');

/** A report, with what is not JSON in a text written as JSON writes it. */
const report = (results: object[], more: object = {}) =>
  JSON.stringify({ perennial: 1, agent: 'x', ...more, results });

export const HOST_ATTACKS: readonly Attack[] = [
  {
    tried: 'reports of certificates that it was not sent',
    must: 'nothing of them is recorded or told; the one that it was sent counts as failed, as it says nothing of it',
    run: (stages) =>
      stages.inStack(async (world) => {
        const others = ['example.com', 'constructor', 'other'].map((name) => ({
          name,
          outcome: 'served',
          version: 'v',
        }));
        const { name } = await printing(world, () => report(others));
        const { lineages } = await recordOf(world);
        for (const other of others) assert.equal(Object.hasOwn(lineages, other.name), false, other.name);
        assert.equal(lineages[name].outcome, 'failed');
        const told = world.evidence.facts.filter(({ type }) => type.startsWith('Certificate Deploy'));
        assert.deepEqual([...new Set(told.map(({ detail }) => detail.name))], [name]);
        return '3 not believed';
      }),
  },
  {
    tried: 'has `constructor` for a reason, and words with line breaks, markup and a command in its message',
    must: 'an unknown reason, and one printable line in record, log, events and page',
    run: (stages) =>
      stages.inStack(async (world) => {
        const { name } = await printing(world, (sent) =>
          report([
            { name: sent, outcome: 'failed', reason: 'constructor', message: HOSTILE, served: [HOSTILE] },
          ]),
        );
        const { lineages } = await recordOf(world);
        assert.equal(lineages[name].reason, 'constructor');
        assertToldPrintably(world);
        await assertCleanPage(world);
        const told = JSON.stringify(world.evidence.facts);
        assert.doesNotMatch(told, /native code/);
        return 'one printable line';
      }),
  },
  {
    tried: 'says that it is another host',
    must: "Systems Manager's word counts: the record is the one of the host that ran the command",
    run: (stages) =>
      stages.inStack(async (world) => {
        const { name, version } = await printing(world, (sent) =>
          report([{ name: sent, outcome: 'failed', reason: 'x', instanceId: 'i-0victim' }], {
            instanceId: 'i-0victim',
            'instance-id': 'i-0victim',
          }),
        );
        assert.deepEqual(
          (await world.line.keys('hosts/')).filter((key) => key.includes('victim')),
          [],
        );
        assert.ok((await recordOf(world)).lineages[name], `of ${version}`);
        return 'its own record';
      }),
  },
  {
    tried: 'says that it serves another version than the live one',
    must: 'it counts as behind; the next check sends it again',
    run: (stages) =>
      stages.inStack(async (world) => {
        const old = '20200101T000000Z-000000';
        const { name } = await printing(world, (sent) =>
          report([{ name: sent, outcome: 'served', version: old }]),
        );
        const plan = await world.scan();
        assert.ok(JSON.stringify(plan.deployments).includes(name), 'due again');
        return 'due again';
      }),
  },
  {
    tried: 'prints 20 MB, JSON of 100,000 brackets, or another’s report before text of its own',
    must: 'no report: told as such, and the function goes on',
    run: (stages) =>
      stages.inStack(async (world) => {
        for (const output of ['x'.repeat(120_000), '['.repeat(100_000), `${report([])}\nnot a report`]) {
          const { name } = await printing(world, () => output);
          assert.equal((await recordOf(world)).lineages[name]?.outcome, 'failed');
        }
        return '3 told';
      }),
  },
];
