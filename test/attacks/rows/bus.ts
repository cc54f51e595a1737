import assert from 'node:assert/strict';
import type { StackEvent } from '../../../lib/foundation/events/events.ts';
import { policiesOf } from '../../../local/iam/template-policies.ts';
import { onMail, type PublishedMail } from '../../../local/sns/on-mail.ts';
import type { Attack } from '../attack.ts';
import { allowedOf, ZONE_READ_ROLE, ZONE_ROLE } from '../packaged.ts';
import { assertPrintable, assertToldPrintably, HOST, HOSTILE } from '../stack.ts';

interface Statement {
  Effect: string;
  Principal?: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

/** As somebody who need not keep to our types. */
const forged = (type: string, detail: object) => ({ type, detail }) as unknown as StackEvent;

export const BUS: readonly Attack[] = [
  {
    tried:
      'sends messages to a queue, publishes to the topic, puts events on the bus, or invokes a function, from another account or another rule',
    must: 'no policy of a resource lets in anybody but an AWS service for one of the stack’s own rules, topics or buckets',
    quick: true,
    async run(stages) {
      const { plain } = await stages.packaged();
      const open: string[] = [];
      let seen = 0;
      for (const [id, { Type, Properties = {} }] of Object.entries(plain)) {
        const document = Properties.PolicyDocument as { Statement: Statement[] } | undefined;
        if (!document || Type.startsWith('AWS::IAM::')) continue;
        for (const statement of document.Statement) {
          seen += 1;
          if (statement.Effect === 'Deny') continue;
          const keys = Object.values(statement.Condition ?? {}).flatMap((one) =>
            Object.keys(one).map((key) => key.toLowerCase()),
          );
          const isService = JSON.stringify(statement.Principal ?? '*').includes('.amazonaws.com"');
          if (!isService || !keys.some((key) => ['aws:sourcearn', 'aws:sourceaccount'].includes(key)))
            open.push(`${id}: ${JSON.stringify(statement)}`);
        }
      }
      const permissions = Object.entries(plain).filter(([, { Type }]) => Type === 'AWS::Lambda::Permission');
      for (const [id, { Properties = {} }] of permissions) {
        seen += 1;
        if (!String(Properties.Principal).endsWith('.amazonaws.com') || !Properties.SourceArn) open.push(id);
      }
      assert.deepEqual(open, []);
      assert.ok(seen >= 8, `${seen} statements`);
      return `${seen} statements`;
    },
  },
  {
    tried: 'forges `Renewal Due` for names without a file, with a CA and zones of his own',
    must: 'the file decides, and the CA of the stack: nothing is ordered for what has no file',
    run: (stages) =>
      stages.inStack(async (world) => {
        const before = world.ca.requests.filter(({ action }) => action === 'newOrder').length;
        const certificates = ['victim', 'constructor'].map((name) => ({
          name,
          reason: HOSTILE,
          replacing: null,
        }));
        await world.backDoor.publish([
          forged('Renewal Due', { ca: world.ca.directoryUrl, zoneIds: ['Z1'], certificates }),
          forged('Renewal Due', { ca: 'https://127.0.0.1:9/evil', zoneIds: [], certificates }),
        ]);
        await world.line.idle();
        assert.equal(world.ca.requests.filter(({ action }) => action === 'newOrder').length, before);
        assert.equal(await world.line.pointer('victim'), undefined);
        assertToldPrintably(world);
        return 'nothing ordered';
      }),
  },
  {
    tried: 'forges `Renewal Due` again and again for a certificate that is live and not due',
    must: 'no second certificate',
    run: (stages) =>
      stages.inStack(async (world) => {
        const subject = await world.issued();
        const certificates = [{ name: subject.name, reason: 'forced', replacing: null }];
        const due = forged('Renewal Due', {
          ca: world.ca.directoryUrl,
          zoneIds: [world.line.zoneId('example.com')],
          certificates,
        });
        await world.backDoor.publish([due, due, due]);
        await world.line.idle();
        assert.equal((await world.certificatesOf(subject)).length, 1);
        return '1 certificate';
      }),
  },
  {
    tried:
      'puts events that cannot be read among ones that can: other types, no detail, `__proto__`, a group and hosts that there are not',
    must: 'each costs itself; the others are done',
    run: (stages) =>
      stages.inStack(async (world) => {
        const subject = await world.subject();
        await world.backDoor.quiet(`renewal/${subject.name}.json`, {
          names: subject.names,
          profile: 'classic',
        });
        const good = forged('Renewal Due', {
          ca: world.ca.directoryUrl,
          zoneIds: [world.line.zoneId('example.com')],
          certificates: [{ name: subject.name, reason: 'never-issued', replacing: null }],
        });
        const bad = [
          forged('Renewal Due', {}),
          forged('Renewal Due', { ca: 7, zoneIds: 'x', certificates: [{ name: '../x' }] }),
          forged('Renewal Due', { ca: '', zoneIds: [], certificates: Array(1000).fill({ name: 'a' }) }),
          forged('Deployment Due', { group: '__proto__', reason: '', names: ['a'] }),
          forged('Deployment Due', { group: 'web', reason: '', names: ['; rm -rf /'] }),
        ];
        await world.backDoor.publish([...bad.slice(0, 2), good, ...bad.slice(2)]);
        await world.line.idle();
        assert.ok(await world.line.pointer(subject.name), 'the good one is done');
        return `${bad.length} bad ones beside it`;
      }),
  },
  {
    tried: 'forges failures with line breaks, markup and commands in their words, to have them mailed',
    must: 'each is one printable line of the mail; no line of ours is forged',
    run: (stages) =>
      stages.inStack(async (world) => {
        const mails: PublishedMail[] = [];
        onMail(world.line.cloud.parts.aws.gateway, (mail) => mails.push(mail));
        // Soon after a mail none is sent.
        await world.line.remove('notices/memory.json');
        await world.backDoor.publish([
          forged('Certificate Renewal Failed', {
            name: HOSTILE,
            reason: 'constructor',
            message: HOSTILE,
            failures: 1,
          }),
          forged('Certificate Deployment Failed', {
            name: 'a',
            group: HOSTILE,
            reason: '__proto__',
            message: `x\n  Command:        ${HOSTILE}`,
            hosts: [{ instanceId: HOSTILE, outcome: HOSTILE }],
          }),
        ]);
        await world.line.idle();
        assert.ok(mails.length > 0, 'a mail is sent');
        for (const { subject, text } of mails) {
          assert.match(subject, /^[\x20-\x7e]{1,100}$/);
          for (const line of text.split('\n')) {
            assertPrintable(line, line);
            if (/^\s*Command:/.test(line))
              assert.match(line, /^ {2}Command: {8}npx --no-install perennial-tls /);
          }
        }
        return `${mails.length} mail of printable lines`;
      }),
  },
  {
    tried: "forges the end of another host's command",
    must: '`confirm` asks Systems Manager, which knows no such command: no record is written',
    run: (stages) =>
      stages.inStack(async (world) => {
        const before = await world.line.keys('hosts/');
        const { functions } = world.line.cloud.parts.aws;
        const detail = {
          'command-id': '00000000-0000-4000-8000-000000000000',
          'instance-id': HOST,
          status: 'Success',
        };
        const body = JSON.stringify({ detail });
        const Records = [{ messageId: '1', body, eventSource: 'aws:sqs' }];
        await functions.invoke('perennial-local-confirm', JSON.stringify({ Records }));
        await world.line.idle();
        assert.deepEqual(await world.line.keys('hosts/'), before);
        return 'no record';
      }),
  },
  {
    tried: 'starts `scan` and `doctor`, which many may, to have them write in the zones of another account',
    must: 'only `renew` may assume the role that writes there; they may assume the one that reads',
    quick: true,
    async run(stages) {
      const { listed } = await stages.packaged();
      const assume = (resource: string) => ({
        action: 'sts:AssumeRole',
        resource,
        context: { 'sts:ExternalId': 'x-1' },
      });
      const may = async (role: string, arn: string) =>
        (await allowedOf([assume(arn)], { stack: listed, policies: policiesOf(listed, role) })).length === 1;
      const others = Object.keys(listed).filter(
        (id) => listed[id]?.Type === 'AWS::IAM::Role' && id !== 'RenewRole',
      );
      for (const role of others) assert.equal(await may(role, ZONE_ROLE), false, role);
      assert.ok(await may('RenewRole', ZONE_ROLE), 'renew may');
      assert.ok(await may('ScanRole', ZONE_READ_ROLE), 'scan may read');
      return `${others.length} roles`;
    },
  },
];
