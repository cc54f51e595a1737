import assert from 'node:assert/strict';
import { policiesOf } from '../../../local/iam/template-policies.ts';
import { hostile } from '../../integration/host-faults/hostile.ts';
import type { Attack } from '../attack.ts';
import { allowedOf } from '../packaged.ts';
import { asks, nothingOf, SSM } from '../principals.ts';
export const DOCUMENTS: readonly Attack[] = [
  {
    tried:
      "sends another document, `AWS-RunShellScript`, or the stack's own to hosts outside its groups, with the role of `deploy`",
    must: 'refused: one document, to hosts tagged with a group of the stack',
    quick: true,
    async run(stages) {
      const { plain } = await stages.packaged();
      const policies = policiesOf(plain, 'DeployRole');
      const instance = 'arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0';
      const tag = (value: string) => ({ 'ssm:resourceTag/perennial-group': value });
      const asked = [
        asks('ssm:SendCommand', `${SSM}:document/AWS-RunShellScript`),
        asks('ssm:SendCommand', `${SSM}:document/Other`),
        asks('ssm:SendCommand', instance),
        asks('ssm:SendCommand', instance, tag('other')),
        ...['UpdateDocument', 'CreateDocument', 'DeleteDocument'].map((action) =>
          asks(`ssm:${action}`, `${SSM}:document/InstallDocument`),
        ),
      ];
      const allowed = await allowedOf(asked, { stack: plain, policies });
      const own = await allowedOf([asks('ssm:SendCommand', instance, tag('web'))], {
        stack: plain,
        policies,
      });
      return nothingOf(allowed, own, asked.length);
    },
  },
  {
    tried:
      "gives the document parameters with commands, paths that climb, options, line breaks, and Systems Manager's own `{{ssm:…}}`",
    must: "each is refused by the document's anchored pattern, before a host is told anything",
    quick: true,
    async run(stages) {
      const { plain } = await stages.packaged();
      const [document] = Object.values(plain).filter(({ Type }) => Type === 'AWS::SSM::Document');
      assert.ok(document?.Properties, 'the document is there');
      const { parameters } = document.Properties.Content as {
        parameters: Record<string, { allowedPattern: string }>;
      };
      for (const name of Object.keys(parameters))
        for (const hostile of [
          '$(id)',
          '`id`',
          'a;id',
          'a\nid',
          '{{ssm:/secret}}',
          "a'b",
          'a"b',
          '../x',
          '-x y|z',
        ])
          assert.doesNotMatch(
            hostile,
            new RegExp(parameters[name]?.allowedPattern ?? ''),
            `${name}: ${hostile}`,
          );
      return `${Object.keys(parameters).length} parameters`;
    },
  },
  {
    tried: 'has the script itself run with such parameters, past the document',
    must: '`bad-parameter` for each; nothing is run and nothing written',
    async run(stages) {
      const fixture = await stages.hosts();
      for (const { run } of hostile) await run(fixture);
      return 'none taken';
    },
  },
];
