import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  lintArguments,
  packageStack,
  type Resource,
  readTemplate,
  SAMPLE_PARAMS,
} from '../../tools/check/package-stack.ts';
import { PROJECT, runTool } from '../../tools/check/run-tool.ts';
import { venvBin } from './fixtures/venv.ts';

const FUNCTIONS = [
  'Scan',
  'Renew',
  'Deploy',
  'Confirm',
  'Acm',
  'Probe',
  'Notify',
  'Chat',
  'Doctor',
  'Revoke',
  'Status',
  'Account',
];

let folder: string;
let templateFile: string;
let resources: Record<string, Resource>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-template-'));
  templateFile = await packageStack({ stage: 'production', folder, params: SAMPLE_PARAMS });
  resources = await readTemplate(templateFile);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const idOf = (arn: { 'Fn::GetAtt'?: [string, string] }) => arn['Fn::GetAtt']?.[0] ?? '';

function resource(id: string): Resource {
  const found = resources[id];
  if (!found) throw new Error(`the template has no ${id}`);
  return found;
}

function ofType(type: string): [string, Resource][] {
  const found = Object.entries(resources).filter(([, { Type }]) => Type === type);
  expect(found, `resources of type ${type}`).not.toEqual([]);
  return found;
}

/** Each target of each rule: rule, target, and the resource it goes to. */
function targets() {
  return ofType('AWS::Events::Rule').flatMap(([rule, { Properties }]) =>
    Properties.Targets.map((target: { Arn: object; DeadLetterConfig?: { Arn: object } }) => ({
      rule,
      target,
      to: idOf(target.Arn),
      type: resource(idOf(target.Arn)).Type,
    })),
  );
}

/** What lets `rule`, and nothing else, send to `queue`. */
function statementFor(rule: string, queue: string) {
  return {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: arnOf(queue),
    Condition: { ArnEquals: { 'aws:SourceArn': arnOf(rule) } },
  };
}

function policyStatements(queue: string): unknown[] {
  return ofType('AWS::SQS::QueuePolicy')
    .filter(([, { Properties }]) => Properties.Queues.some((ref: { Ref: string }) => ref.Ref === queue))
    .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement);
}

it('each function is zipped as small as it goes', async () => {
  for (const name of FUNCTIONS.map((id) => id.toLowerCase())) {
    const zip = join(folder, `${name}.zip`);
    await runTool('python3', ['-m', 'zipfile', '-e', zip, join(folder, name)]);
    const { length } = deflateRawSync(await readFile(join(folder, name, 'functions', `${name}.mjs`)), {
      level: 9,
    });
    expect((await stat(zip)).size, name).toBeLessThan(length + 500);
  }
});

describe('rules', () => {
  it('go to functions and queues', () => {
    const types = new Set(targets().map(({ type }) => type));
    expect([...types].sort()).toEqual(['AWS::Lambda::Function', 'AWS::SQS::Queue']);
  });

  it('to a queue may send there', () => {
    for (const { rule, to, type } of targets()) {
      if (type !== 'AWS::SQS::Queue') continue;
      expect(policyStatements(to), `policy of ${to}`).toContainEqual(statementFor(rule, to));
    }
  });

  it('to a queue have a dead-letter queue, and may send there', () => {
    for (const { rule, target, type, to } of targets()) {
      if (type !== 'AWS::SQS::Queue') continue;
      const deadLetters = idOf(target.DeadLetterConfig?.Arn ?? {});
      expect(resource(deadLetters).Type).toBe('AWS::SQS::Queue');
      expect(deadLetters).not.toBe(to);
      expect(policyStatements(deadLetters), `policy of ${deadLetters}`).toContainEqual(
        statementFor(rule, deadLetters),
      );
    }
  });

  it('to a function may invoke it', () => {
    const permissions = ofType('AWS::Lambda::Permission').map(([, { Properties }]) => Properties);
    for (const { rule, to, type } of targets()) {
      if (type !== 'AWS::Lambda::Function') continue;
      const own = permissions.filter(({ SourceArn }) => isArnOfRule(SourceArn, rule));
      expect(own, `permission of ${rule}`).toMatchObject([
        { Action: 'lambda:InvokeFunction', Principal: 'events.amazonaws.com', FunctionName: arnOf(to) },
      ]);
    }
  });

  it('start the hourly check, the weekly sweep and the look at a changed file', () => {
    const starts = targets().filter(({ to }) => to === 'ScanLambdaFunction');
    const schedules = starts.map(({ rule }) => resource(rule).Properties.ScheduleExpression);
    expect(schedules).toEqual(['rate(1 hour)', 'cron(0 2 ? * SUN *)', 'rate(1 minute)']);
    const changed = targets().filter(({ to }) => to === 'FilesQueue');
    expect(changed.map(({ rule }) => resource(rule).Properties.EventPattern)).toMatchObject([
      { source: ['aws.s3'], 'detail-type': ['Object Created'] },
    ]);
  });
});

/** Serverless writes the ARN of a rule with an event pattern from its name. */
function isArnOfRule(sourceArn: object, rule: string): boolean {
  const name = resource(rule).Properties.Name;
  const text = JSON.stringify(sourceArn);
  return text === JSON.stringify(arnOf(rule)) || (name !== undefined && text.includes(`["rule","${name}"]`));
}

it('without zone roles lets nobody assume any: CloudFormation refuses a statement without a resource', () => {
  const beside = Object.values(resources).filter(({ Type }) => Type === 'AWS::IAM::Policy');
  expect(beside).toEqual([]);
});

/** By function: the queue that it looks into at a schedule. */
const lookers = () =>
  ofType('AWS::Lambda::Function').flatMap(([id, { Properties }]) => {
    const { QUEUE, TAKES } = Properties.Environment?.Variables ?? {};
    return QUEUE === undefined ? [] : [{ id, queue: QUEUE.Ref as string, takes: Number(TAKES), Properties }];
  });

describe('queues', () => {
  it('hide a message for six times the timeout of the function they feed', () => {
    const mappings = ofType('AWS::Lambda::EventSourceMapping');
    expect(mappings.map(([, { Properties }]) => idOf(Properties.FunctionName)).sort()).toEqual([
      'DeployLambdaFunction',
      'RenewLambdaFunction',
    ]);
    const fed = mappings.map(([, { Properties }]) => ({
      queue: idOf(Properties.EventSourceArn),
      Properties: resource(idOf(Properties.FunctionName)).Properties,
    }));
    for (const { queue, Properties } of [...fed, ...lookers()])
      expect(resource(queue).Properties.VisibilityTimeout).toBeGreaterThanOrEqual(6 * Properties.Timeout);
  });

  it('that Lambda polls feed one message at a time, without a window, and take failures back one by one', () => {
    for (const [, { Properties }] of ofType('AWS::Lambda::EventSourceMapping')) {
      expect(Properties).toMatchObject({
        BatchSize: 1,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      });
      expect(Properties.MaximumBatchingWindowInSeconds).toBeUndefined();
    }
  });

  it('of the other functions are looked into at a schedule, as often as people wait for it', () => {
    const looks = targets()
      .filter(({ target }) => (target as { Input?: string }).Input === '{"look":true}')
      .map(({ rule, to }) => [to, resource(rule).Properties.ScheduleExpression]);
    expect(Object.fromEntries(looks)).toEqual({
      ScanLambdaFunction: 'rate(1 minute)',
      ConfirmLambdaFunction: 'rate(2 minutes)',
      AcmLambdaFunction: 'rate(2 minutes)',
      ProbeLambdaFunction: 'rate(5 minutes)',
      NotifyLambdaFunction: 'rate(1 minute)',
      ChatLambdaFunction: 'rate(1 minute)',
    });
    expect(looks.map(([to]) => to).sort()).toEqual(
      lookers()
        .map(({ id }) => id)
        .sort(),
    );
    const gathered = lookers().filter(({ takes }) => takes > 1);
    expect(gathered.map(({ id, takes }) => [id, takes])).toEqual([
      ['ScanLambdaFunction', 1000],
      ['ConfirmLambdaFunction', 10],
      ['NotifyLambdaFunction', 100],
    ]);
  });

  it('leave room where an account may run ten functions at once, and reserve none of them', () => {
    let long = 0;
    for (const [, { Properties }] of ofType('AWS::Lambda::EventSourceMapping')) {
      const { MaximumConcurrency } = Properties.ScalingConfig;
      // Lambda takes no less than 2.
      expect(MaximumConcurrency).toBe(2);
      if (resource(idOf(Properties.FunctionName)).Properties.Timeout >= 300) long += MaximumConcurrency;
    }
    expect(long).toBe(4);
    for (const [id, { Properties }] of ofType('AWS::Lambda::Function'))
      expect(Properties.ReservedConcurrentExecutions, id).toBeUndefined();
  });

  it('that feed a function pass on what failed five times, so that a throttled message is none; a dead-letter queue keeps it longer', () => {
    const mapped = ofType('AWS::Lambda::EventSourceMapping').map(([, { Properties }]) =>
      idOf(Properties.EventSourceArn),
    );
    for (const queue of [...mapped, ...lookers().map((one) => one.queue)]) {
      const { RedrivePolicy, MessageRetentionPeriod } = resource(queue).Properties;
      expect(RedrivePolicy.maxReceiveCount).toBe(5);
      const deadLetters = resource(idOf(RedrivePolicy.deadLetterTargetArn)).Properties;
      expect(deadLetters.MessageRetentionPeriod).toBe(1_209_600);
      expect(deadLetters.MessageRetentionPeriod).toBeGreaterThan(MessageRetentionPeriod);
    }
  });

  it('are encrypted with a key that EventBridge can use', () => {
    for (const [id, { Properties }] of ofType('AWS::SQS::Queue')) {
      expect(Properties.SqsManagedSseEnabled, id).toBe(true);
      expect(Properties.KmsMasterKeyId, id).toBeUndefined();
    }
  });
});

describe('the bucket', () => {
  it('is private, encrypted, versioned, tells EventBridge, and outlives the stack', () => {
    expect(resource('Bucket')).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        VersioningConfiguration: { Status: 'Enabled' },
        NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      },
    });
  });

  it('has no fixed name, so that a stack can be made again beside the one kept', () => {
    expect(resource('Bucket').Properties.BucketName).toBeUndefined();
  });

  it('refuses all but TLS', () => {
    expect(resource('BucketPolicy').Properties.Bucket).toEqual({ Ref: 'Bucket' });
    expect(resource('BucketPolicy').DeletionPolicy).toBe('RetainExceptOnCreate');
    const [first] = resource('BucketPolicy').Properties.PolicyDocument.Statement;
    expect(first).toEqual({
      Sid: 'OnlyOverTls',
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: [arnOf('Bucket'), { 'Fn::Sub': `\${Bucket.Arn}/*` }],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    });
  });
});

describe('functions', () => {
  it('have each a role of its own', () => {
    const roles = ofType('AWS::Lambda::Function').map(([id, { Properties }]) => [id, idOf(Properties.Role)]);
    expect(roles).toEqual(FUNCTIONS.map((name) => [`${name}LambdaFunction`, `${name}Role`]));
    for (const name of FUNCTIONS) {
      const { Statement } = resource(`${name}Role`).Properties.AssumeRolePolicyDocument;
      expect(Statement).toEqual([
        { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ]);
    }
  });

  it('run on Node 24, and take only strings in their environment', () => {
    for (const [id, { Properties }] of ofType('AWS::Lambda::Function')) {
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
      for (const value of Object.values(Properties.Environment.Variables)) {
        if (typeof value === 'object') expect(Object.keys(value ?? {})[0], id).toMatch(/^(Ref|Fn::GetAtt)$/);
        else expect(value, id).toBeTypeOf('string');
      }
    }
  });

  it('may do named things only', () => {
    for (const { id, statement } of allowStatements()) {
      for (const action of [statement.Action].flat()) {
        expect(action, `${id} allows`).toMatch(/^[a-z0-9]+:[A-Za-z]+$/);
      }
      expect(statement.NotAction, id).toBeUndefined();
      expect(statement.NotResource, id).toBeUndefined();
    }
  });

  it('name resources, except where IAM has none to name', () => {
    const everywhere = allowStatements()
      .filter(({ statement }) => [statement.Resource].flat().includes('*'))
      .flatMap(({ statement }) => statement.Action);
    const withoutResource = [
      'route53:ListHostedZones',
      'ssm:DescribeInstanceInformation',
      'ssm:GetCommandInvocation',
      'ssm:DescribeParameters',
      'ssm:ListCommands',
      'acm:ListCertificates',
      'tag:GetResources',
    ];
    expect([...new Set(everywhere)].filter((action) => !withoutResource.includes(action))).toEqual([]);
  });

  it('cannot change the document that hosts run as root', () => {
    const actions = allowStatements().flatMap(({ statement }) => statement.Action);
    expect(actions.filter((action: string) => /^ssm:.*Document/.test(action))).toEqual([]);
  });
});

/** Every statement that allows something, in roles and managed policies. */
function allowStatements() {
  const policies = [
    ...ofType('AWS::IAM::Role').flatMap(([id, { Properties }]) =>
      Properties.Policies.map(({ PolicyDocument }: { PolicyDocument: object }) => ({ id, PolicyDocument })),
    ),
    ...ofType('AWS::IAM::ManagedPolicy').map(([id, { Properties }]) => ({ id, ...Properties })),
  ];
  return policies.flatMap(({ id, PolicyDocument }) =>
    PolicyDocument.Statement.filter(({ Effect }: { Effect: string }) => Effect === 'Allow').map(
      (statement: { Action: string; Resource: unknown; NotAction?: unknown; NotResource?: unknown }) => ({
        id,
        statement,
      }),
    ),
  );
}

describe('the document that hosts run', () => {
  it('is of schema 2.2 and has no fixed name, so that a changed script is a new document', () => {
    const { Properties } = resource('InstallDocument');
    expect(Properties.Name).toBeUndefined();
    expect(Properties).toMatchObject({ DocumentType: 'Command', Content: { schemaVersion: '2.2' } });
    expect(Properties.Content.mainSteps.map(({ action }: { action: string }) => action)).toEqual([
      'aws:runShellScript',
    ]);
  });

  it('takes strings of an anchored pattern, as environment variables', () => {
    const { parameters } = resource('InstallDocument').Properties.Content;
    expect(Object.keys(parameters)).toEqual(
      expect.arrayContaining(['bucket', 'region', 'names', 'root', 'reload', 'container', 'port']),
    );
    for (const [name, parameter] of Object.entries(parameters)) {
      expect(parameter, name).toMatchObject({
        type: 'String',
        interpolationType: 'ENV_VAR',
        allowedPattern: expect.stringMatching(/^\^.*\$$/),
      });
      const { allowedPattern } = parameter as { allowedPattern: string };
      const pattern = new RegExp(allowedPattern);
      const optional = [
        'names',
        'group',
        'newHostsOnly',
        'address',
        'proxyProtocol',
        'keyGroup',
        'keyMode',
      ].includes(name);
      expect(pattern.test(''), name).toBe(optional);
      expect(parameter, name).toMatchObject(optional ? { default: '' } : {});
      for (const hostile of ['a;b', '$(id)', '`id`', 'a\nb', "a'b", 'a"b', 'a&b', 'a|b', '{{x}}', 'a  b'])
        expect(pattern.test(hostile), `${name} takes ${JSON.stringify(hostile)}`).toBe(false);
    }
  });

  it('fits into 64 KB, with room for a tenth more', () => {
    const { Content } = resource('InstallDocument').Properties;
    expect(JSON.stringify(Content).length).toBeLessThan(0.9 * 65_536);
  });

  it('has nothing in its script that Serverless or SSM would replace', () => {
    const script = resource('InstallDocument').Properties.Content.mainSteps[0].inputs.runCommand.join('\n');
    expect(script).toContain('SSM_names');
    expect(script).not.toContain('${');
    expect(script).not.toContain('{{');
  });
});

describe('the template', () => {
  it('is clean for cfn-lint, in a region of each partition', async () => {
    await runTool(join(await venvBin(), 'cfn-lint'), lintArguments([templateFile]), { cwd: PROJECT });
  });
});
