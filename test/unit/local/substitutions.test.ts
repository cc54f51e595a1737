import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SUBSTITUTIONS, substitute, type Template } from '../../../local/ministack/substitutions.ts';

const alarm = (Properties: object) => ({ Type: 'AWS::CloudWatch::Alarm', Properties });

/** As Fn::Sub has it. */
const placeholder = (id: string) => `\${${id}}`;

const role = (Statement: object[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole', Condition: {} }],
    },
    Policies: [{ PolicyName: 'a', PolicyDocument: { Statement } }],
  },
});

function template(): Template {
  return {
    Resources: {
      InstallDocument: { Type: 'AWS::SSM::Document' },
      HostsWebAssociation: {
        Type: 'AWS::SSM::Association',
        Properties: { Name: { Ref: 'InstallDocument' } },
      },
      Errors: alarm({ Metrics: [] }) as never,
      Late: alarm({ MetricName: 'Late' }) as never,
      OwnPolicy: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: 'Bucket' } } } as never,
      OtherPolicy: { Type: 'AWS::S3::BucketPolicy', Properties: { Bucket: { Ref: 'Other' } } } as never,
      Role: role([
        { Effect: 'Allow', Action: ['route53:GetChange'], Resource: 'change/*' },
        { Effect: 'Allow', Action: 's3:PutObject', Resource: 'a', Condition: { Null: {} } },
        { Effect: 'Allow', Action: 's3:GetObject', Resource: 'b' },
        { Effect: 'Allow', Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage'], Resource: 'q' },
      ]) as never,
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
  it('is the stack without what MiniStack has not or judges otherwise, and without references to that', () => {
    expect(substitute(template())).toEqual({
      Resources: {
        Late: alarm({ MetricName: 'Late' }),
        OtherPolicy: template().Resources.OtherPolicy,
        Role: role([
          { Effect: 'Allow', Action: ['route53:GetChange'], Resource: '*' },
          { Effect: 'Allow', Action: 's3:PutObject', Resource: 'a' },
          { Effect: 'Allow', Action: 's3:GetObject', Resource: 'b' },
          {
            Effect: 'Allow',
            Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:DeleteMessageBatch'],
            Resource: 'q',
          },
        ]),
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

  it.each(['InstallDocument', 'HostsWebAssociation', 'Errors', 'OwnPolicy', 'Role'])(
    'names what it finds nothing for: %s',
    (id) => {
      const { Resources } = template();
      delete Resources[id];
      expect(() => substitute({ Resources })).toThrow(/the stack has nothing to change for: /);
    },
  );

  it('is told in docs/inside/emulators.md, each substitution with its reason', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/inside/emulators.md'), 'utf8');
    const told = [...page.matchAll(/^\| (?:left out|changed): (.+) \| (.+) \|$/gm)].map(
      ([, title, reason]) => ({
        title,
        reason,
      }),
    );
    expect(told).toEqual(SUBSTITUTIONS.map(({ title, reason }) => ({ title, reason })));
  });
});
