import { describe, expect, it } from 'vitest';
import { actionsOfRoles, deniedByBoundary } from '../../resources/rules/boundary.ts';

const ACTIONS = ['route53:ListHostedZones', 's3:GetObject', 'sqs:DeleteMessage'];
const allow = (Action: string | string[], more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource: '*',
  ...more,
});
const deny = (Action: string | string[], more: object = {}) => ({ ...allow(Action, more), Effect: 'Deny' });

describe('a permissions boundary', () => {
  it.each<[string, object | object[], string[]]>([
    ['allows all', allow('*'), []],
    ['allows each by a pattern, in any case', allow(['S3:Get*', 'sqs:?eleteMessage', 'route53:*']), []],
    ['allows some', [allow('s3:*'), allow('sqs:*')], ['route53:ListHostedZones']],
    ['allows all but', { Effect: 'Allow', NotAction: ['s3:*'], Resource: '*' }, ['s3:GetObject']],
    ['denies one', [allow('*'), deny('sqs:*')], ['sqs:DeleteMessage']],
    [
      'denies all but',
      [allow('*'), { Effect: 'Deny', NotAction: ['s3:*', 'sqs:*'], Resource: '*' }],
      ['route53:ListHostedZones'],
    ],
    ['denies one for some resources', [allow('*'), deny('s3:*', { Resource: 'arn:aws:s3:::secret/*' })], []],
    [
      'denies one on a condition',
      [allow('*'), deny('s3:*', { Condition: { Bool: { 'aws:SecureTransport': 'false' } } })],
      [],
    ],
    [
      'allows one for some resources',
      allow(['s3:*', 'sqs:*', 'route53:*'], { Resource: 'arn:aws:s3:::mine/*' }),
      [],
    ],
    ['is empty', [], ACTIONS],
    ['takes a dot for a dot', [allow('*'), deny('s3.GetObject')], []],
  ])('that %s denies %j', (_, Statement, denied) => {
    expect(deniedByBoundary({ Statement }, ACTIONS)).toEqual(denied);
  });
});

it('actions of roles are those of their own policies, and of those beside them', () => {
  const document = (...actions: string[]) => ({
    PolicyDocument: { Statement: actions.map((action) => allow(action)) },
  });
  const resources = {
    Role: { Type: 'AWS::IAM::Role', Properties: { Policies: [document('s3:GetObject', 's3:PutObject')] } },
    Bare: { Type: 'AWS::IAM::Role' },
    Beside: { Type: 'AWS::IAM::Policy', Properties: document('sts:AssumeRole') },
    Managed: {
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: { Roles: [{ Ref: 'Role' }], ...document('s3:GetObject') },
    },
    OfHosts: { Type: 'AWS::IAM::ManagedPolicy', Properties: document('ssm:GetParameter') },
    Denied: { Type: 'AWS::IAM::Policy', Properties: { PolicyDocument: { Statement: deny('x:Y') } } },
  };
  expect(actionsOfRoles(resources)).toEqual(['s3:GetObject', 's3:PutObject', 'sts:AssumeRole']);
});
