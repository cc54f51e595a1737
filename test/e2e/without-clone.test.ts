import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { keepBundles } from '../../local/bundles/environment.ts';
import { holdLock } from '../../local/setup/hold-lock.ts';
import manifest from '../../package.json' with { type: 'json' };
import { PROJECT, runTool } from '../../tools/check/run-tool.ts';
import { buildTemplate } from '../../tools/release/build-template.ts';
import { DeployedLine } from './deployed-line.ts';
import { installPackage, runInstalled } from './installed-package.ts';

const LIMIT_MS = 600_000;
const StackName = 'perennial-local';
const FLAGS = ['--contact', 'you@example.com', '--agree-to-terms', '--yes'];
let folder: string;
let line: DeployedLine;
let stacks: CloudFormationClient;
let client: {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
};
let steps: { init: string; deploy: string };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-package-'));
  await installPackage(folder);
  line = await DeployedLine.start({
    zones: [],
    deploy: async (cloud) => {
      client = {
        endpoint: cloud.endpoint,
        region: 'us-east-1',
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      };
      stacks = new CloudFormationClient(client);
      const route53 = new Route53Client(client);
      await route53.send(new CreateHostedZoneCommand({ Name: 'example.org', CallerReference: 'a' }));
      route53.destroy();
      const { env } = cloud;
      const init = await runInstalled(['init', '--stage', 'local', ...FLAGS], { folder, env });
      const deploy = await runInstalled(['deploy', '--stage', 'local'], { folder, env });
      steps = { init: init.printed, deploy: deploy.printed };
      await cloud.parts.aws.adapt();
    },
  });
});

afterAll(async () => {
  stacks?.destroy();
  await line?.stop();
  await rm(folder, { recursive: true, force: true });
});

const run = (...args: string[]) => runInstalled(args, { folder, env: line.cloud.env });
const settings = () => readFile(join(folder, 'settings.yml'), 'utf8');

describe(
  'in an empty folder with the installed package',
  () => {
    it("init writes settings with the account's hosted zones, and deploy takes them", async () => {
      expect(steps.init).toContain('wrote settings.yml: example.org;');
      expect(await settings()).toContain('domains: ["example.org"]');
      expect(steps.deploy).toContain('Service deployed to stack perennial-local');
      expect(await line.cloud.outputs()).toMatchObject({ Release: manifest.version, Format: '1' });
    });

    it('the first certificate is issued, for a name below the domains of settings.yml', async () => {
      const { status, printed } = await run(
        'add',
        'first',
        '--names',
        'www.example.org',
        '--profile',
        'classic',
        '--wait',
      );
      expect(status, printed).toBe(0);
      expect((await line.pointer('first'))?.names).toEqual(['www.example.org']);
      expect(await line.text('format.json')).toBe(`{"format":1,"release":"${manifest.version}"}\n`);
      expect(line.logged.map(({ line }) => line.release)).toContain(manifest.version);
    });

    it('serverless info and invoke need no parameters', async () => {
      const info = await run('serverless', 'info', '--verbose', '--stage', 'local');
      expect(info.printed).toContain(`Release: ${manifest.version}`);
      const invoked = await run('serverless', 'invoke', '-f', 'status', '--stage', 'local');
      expect(invoked.printed).toContain('"name": "first"');
    });

    it('the same release with the same settings changes nothing, and another setting is seen beforehand', async () => {
      const same = await run('changes', '--stage', 'local');
      expect(same).toEqual({ status: 0, printed: 'a deploy would change nothing of perennial-local\n' });
      const before = await settings();
      await writeFile(join(folder, 'settings.yml'), `${before}  ordersPerRun: 7\n`);
      const other = await run('changes', '--stage', 'local', '--json');
      await writeFile(join(folder, 'settings.yml'), before);
      const { changes } = JSON.parse(other.printed);
      const scan = { action: 'Modify', type: 'AWS::Lambda::Function', id: 'ScanLambdaFunction' };
      expect(changes).toContainEqual(expect.objectContaining(scan));
      expect(changes.every(({ action }: { action: string }) => action === 'Modify')).toBe(true);
      const { Stacks = [] } = await stacks.send(new DescribeStacksCommand({ StackName }));
      expect(Stacks[0]?.StackStatus).toMatch(/^(CREATE|UPDATE)_COMPLETE$/);
    });

    it('a bucket that a newer release has written to is refused in one line, and nothing is written', async () => {
      const own = (await line.text('format.json')) ?? '';
      await line.put('format.json', { format: 2, release: '2.0.0' });
      const { status, printed } = await run('plan');
      await line.put('format.json', own);
      expect(status).toBe(2);
      expect(printed).toContain(
        `format.json: the bucket is of format 2, which release 2.0.0 wrote, and release ${manifest.version} reads formats up to 1; use release 2.0.0 or a newer one`,
      );
      expect((await run('plan')).status).toBe(0);
    });

    it('settings that are wrong end a deploy in one line', async () => {
      const before = await settings();
      await writeFile(join(folder, 'settings.yml'), before.replace('contact:', 'contcat:'));
      const { status, printed } = await run('deploy', '--stage', 'local');
      await writeFile(join(folder, 'settings.yml'), before);
      expect(status).toBe(1);
      expect(printed).toContain(
        'settings.yml: local: unknown key "contcat" (did you mean contact?); mend it there',
      );
    });
  },
  LIMIT_MS,
);

async function createStack(name: string, key: string, parameters: Record<string, string>): Promise<void> {
  await stacks.send(
    new CreateStackCommand({
      StackName: name,
      TemplateURL: `https://code-of-mine.s3.us-east-1.amazonaws.com/${key}`,
      Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
      Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
    }),
  );
  await waitUntilStackCreateComplete({ client: stacks, maxWaitTime: 120, minDelay: 1 }, { StackName: name });
  await line.cloud.parts.aws.adapt();
}

describe('the plain template', () => {
  it(
    'is deployed by CloudFormation alone, and issues',
    async () => {
      const removed = await run('serverless', 'remove', '--stage', 'local');
      expect(removed.status, removed.printed).toBe(0);
      const output = join(folder, 'plain');
      const made = await run('template', '--stage', 'local', '--output', output);
      expect(made.status, made.printed).toBe(0);
      await runTool('sha256sum', ['--check', 'SHA256SUMS'], { cwd: output });
      await line.s3.send(new CreateBucketCommand({ Bucket: 'code-of-mine' }));
      for (const file of await readdir(output)) {
        const Body = await readFile(join(output, file));
        await line.s3.send(new PutObjectCommand({ Bucket: 'code-of-mine', Key: `perennial/${file}`, Body }));
      }
      const parameters = { CodeBucket: 'code-of-mine', CodePrefix: 'perennial/' };
      await createStack(StackName, 'perennial/template.json', parameters);
      const { status, printed } = await run(
        'add',
        'second',
        '--names',
        'second.example.org',
        '--profile',
        'classic',
        '--wait',
      );
      expect(status, printed).toBe(0);
    },
    LIMIT_MS,
  );

  it(
    'of a release is filled in by its parameters',
    async () => {
      for (const [name, value] of Object.entries(keepBundles(PROJECT, process.env))) vi.stubEnv(name, value);
      // It packs in this folder, as other tests do meanwhile.
      const packing = join(PROJECT, '.serverless');
      const output = await holdLock(packing, () => buildTemplate(folder, manifest.version));
      vi.unstubAllEnvs();
      const Body = await readFile(join(output, 'template.json'));
      for (const file of await readdir(output)) {
        const Body = await readFile(join(output, file));
        await line.s3.send(new PutObjectCommand({ Bucket: 'code-of-mine', Key: file, Body }));
      }
      expect(`${Body}`).not.toContain('stand-in');
      await createStack('perennial-production', 'template.json', {
        ...{
          CodeBucket: 'code-of-mine',
          Contact: 'me@example.org',
          AgreeToTerms: 'true',
          Domain: 'example.org',
        },
      });
      const lambda = new LambdaClient(client);
      const { Environment } = await lambda.send(
        new GetFunctionConfigurationCommand({ FunctionName: 'perennial-production-renew' }),
      );
      lambda.destroy();
      expect(Environment?.Variables).toMatchObject({
        ...{
          CONTACT: 'me@example.org',
          AGREE_TO_TERMS: 'true',
          DOMAINS: 'example.org',
          RELEASE: manifest.version,
        },
      });
    },
    LIMIT_MS,
  );
});
