import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SUBSTITUTIONS, substitute, type Template } from '../../../local/ministack/substitutions.ts';

const alarm = (Properties: object) => ({ Type: 'AWS::CloudWatch::Alarm', Properties });

/** As Fn::Sub has it. */
const placeholder = (id: string) => `\${${id}}`;

function template(): Template {
  return {
    Resources: {
      InstallDocument: { Type: 'AWS::SSM::Document' },
      Dashboard: { Type: 'AWS::CloudWatch::Dashboard' },
      Errors: alarm({ Metrics: [] }) as never,
      Late: alarm({ MetricName: 'Late' }) as never,
      Deploy: {
        Type: 'AWS::Lambda::Function',
        DependsOn: ['InstallDocument', 'Late'],
        Properties: {
          Document: { Ref: 'InstallDocument' },
          Bucket: { Ref: 'Bucket' },
          Resource: { 'Fn::Sub': `document/${placeholder('InstallDocument')}/${placeholder('Late')}` },
        },
      } as never,
    },
  };
}

describe('what is deployed to MiniStack', () => {
  it('is the stack without what MiniStack has not, and without references to that', () => {
    expect(substitute(template())).toEqual({
      Resources: {
        Late: alarm({ MetricName: 'Late' }),
        Deploy: {
          Type: 'AWS::Lambda::Function',
          DependsOn: ['Late'],
          Properties: {
            Document: 'InstallDocument',
            Bucket: { Ref: 'Bucket' },
            Resource: { 'Fn::Sub': `document/InstallDocument/${placeholder('Late')}` },
          },
        },
      },
    });
  });

  it.each(['InstallDocument', 'Dashboard', 'Errors'])('names what it finds nothing for: %s', (id) => {
    const { Resources } = template();
    delete Resources[id];
    expect(() => substitute({ Resources })).toThrow(/the stack has nothing to leave out for: /);
  });

  it('is told in docs/emulators.md, each substitution with its reason', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/emulators.md'), 'utf8');
    const told = [...page.matchAll(/^\| left out: (.+) \| (.+) \|$/gm)].map(([, title, reason]) => ({
      title,
      reason,
    }));
    expect(told).toEqual(SUBSTITUTIONS.map(({ title, reason }) => ({ title, reason })));
  });
});
