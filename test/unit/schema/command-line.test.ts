import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { accountsFrom } from '../../../cli/commands/account.ts';
import { completion } from '../../../cli/commands/completion.ts';
import { answerOf as doctorAnswer } from '../../../cli/commands/doctor.ts';
import { putExternalAccount } from '../../../cli/commands/eab.ts';
import { removeFrom } from '../../../cli/commands/remove.ts';
import { showFrom } from '../../../cli/commands/show.ts';
import { answerOf as statusAnswer } from '../../../cli/commands/status.ts';
import { followedAnswer } from '../../../cli/follow/show.ts';
import { previewed } from '../../../cli/output/preview.ts';
import { buildProgram } from '../../../cli/program/program.ts';
import { pointerText } from '../../../lib/foundation/certificate/live-pointer.ts';
import { readStatus } from '../../../lib/reporting/status/read-status.ts';
import { ANSWERS, type AnswerName, VERSION } from '../../../tools/schema/answers/answers.ts';
import { commandLineSchema } from '../../../tools/schema/command-line.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';
import { reportOf } from '../../fakes/health-facts.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { pointerOf } from '../../fakes/pointers.ts';
import { hostGroup, stackOf } from '../../fakes/stack.ts';
import { read } from './judge.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const written = JSON.parse(read('tools/schema/command-line.json'));
const published = new Ajv2020({ strict: false }).addSchema(written, 'cli');
const planned = {
  name: 'shop',
  action: 'renew' as const,
  reason: 'never-issued' as const,
  names: ['example.com'],
};

/** Judged strictly, so that no member is without documentation, and as whoever reads the published schema does. */
function expectToFit(name: AnswerName, json: object | undefined): void {
  const whole = JSON.parse(JSON.stringify({ version: VERSION, ...json }));
  const { error } = ANSWERS[name].safeParse(whole);
  expect(error?.issues ?? []).toEqual([]);
  const validate = published.getSchema(`cli#/$defs/${encodeURIComponent(name)}`);
  expect(validate?.(whole), JSON.stringify(validate?.errors)).toBe(true);
  expect(validate?.({ ...whole, added: 'later' })).toBe(true);
  expect(validate?.({ ...whole, version: 2 })).toBe(false);
}

describe('tools/schema/command-line.json', () => {
  it('is what tools/schema/answers says; npm run schema writes it anew', () => {
    expect(written).toEqual(JSON.parse(JSON.stringify(commandLineSchema())));
  });

  it('has the answer of every command', () => {
    const commands = buildProgram().commands.map((command) => command.name());
    const answered = Object.keys(ANSWERS).filter((name) => name !== 'error' && name !== 'logs --follow');
    // What serverless prints is its own.
    const own = commands.filter((name) => !['complete', 'serverless'].includes(name));
    expect(answered.sort()).toEqual(own.sort());
  });
});

describe('an answer fits it', () => {
  const store = async () => {
    const made = new MemoryStore(() => NOW);
    await made.put('renewal/shop.json', '{ "names": ["example.com"], "hosts": ["web"] }');
    await made.put('renewal/broken.json', '{');
    const pointer = pointerOf(new Date('2027-01-30T00:00:00Z'), 90, { hosts: ['web'] });
    await made.put('live/shop.json', pointerText(pointer));
    const lastFailure = { at: '2026-11-19T00:00:00Z', reason: 'caa-forbids', message: 'no' };
    await made.put(
      'state/shop.json',
      JSON.stringify({ failures: 2, lastFailure, notBefore: NOW.toISOString() }),
    );
    await made.put('hosts/i-00000001.json', JSON.stringify(reportOf('i-00000001', 'served')));
    return made;
  };
  const hosts = new FakeHosts();
  hosts.groups.set('web', [{ instanceId: 'i-00000001', online: true }]);
  const stack = stackOf({ hostGroups: [hostGroup('web')] });

  it('of status and show', async () => {
    const reads = { store: await store(), hosts, stack };
    const certificates = await readStatus(reads, { now: NOW, readsAtOnce: 4 });
    expect(certificates).toHaveLength(2);
    expectToFit('status', statusAnswer({ name: 'perennial-x', region: 'r' }, certificates, NOW).json);
    const decide = async () => planned;
    expectToFit('show', (await showFrom({ ...reads, decide }, 'shop', NOW)).json);
    expectToFit('show', (await showFrom({ ...reads, decide: async () => undefined }, 'broken', NOW)).json);
  });

  it('of remove, eab, account and completion', async () => {
    const made = await store();
    const ask = async (ca: string) => ({
      ca,
      url: 'https://ca.test/1',
      atCa: 'found' as const,
      contact: undefined,
      keyFingerprint: 'f',
      rolloverOpen: false,
    });
    const directory = 'https://ca.test/directory';
    await made.put('account-urls/ca.test-x.json', '{}');
    expectToFit('account', (await accountsFrom(made, { cas: [directory], ask }, NOW)).json);
    expectToFit('eab', (await putExternalAccount(made, directory, { kid: 'k', hmacKey: 'aaaa' })).json);
    expectToFit('remove', (await removeFrom(made, 'shop', async () => true)).json);
    expectToFit('completion', (await completion('zsh')).json);
  });

  it('of what is followed, and what is only looked at', () => {
    const host = { instanceId: 'i-00000001', group: 'web', outcome: 'served', message: 'seen' };
    const followed = { name: 'shop', outcome: 'renewed' as const, message: '', version: 'v', hosts: [host] };
    expectToFit('renew', followedAnswer('renew', [followed]).json);
    expectToFit('deploy', followedAnswer('deploy', [{ ...followed, outcome: 'waits' }]).json);
    const file = { names: ['example.com'] };
    for (const verb of ['add', 'edit'] as const) {
      expectToFit(verb, previewed('shop', { verb, planned, dns: [], file }).json);
      expectToFit(verb, { key: 'renewal/shop.json', file, planned, certificates: [followed] });
    }
    expectToFit('edit', { key: 'renewal/shop.json', changed: false });
  });

  it('of doctor, and of an error', () => {
    const finding = {
      certificate: 'shop',
      check: 'caa' as const,
      status: 'failing' as const,
      seen: 's',
      remedy: 'r',
    };
    const counts = { ok: 0, warning: 0, failing: 1 };
    expectToFit('doctor', doctorAnswer({ at: 'x', certificates: 1, counts, findings: [finding] }).json);
    expectToFit('error', { error: { reason: 'no-stack', message: 'there is none' } });
  });
});
