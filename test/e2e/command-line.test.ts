import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, CreateStackCommand, DeleteStackCommand } from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { externalAccountKey } from '../../lib/foundation/certificate/object-keys.ts';
import { ANSWERS, type AnswerName } from '../../tools/schema/answers/answers.ts';
import { DeployedLine } from './deployed-line.ts';
import { whileS3IsSilent } from './silent-s3.ts';

const PROGRAM = join(import.meta.dirname, '../../cli/perennial.mjs');
const HOST = 'i-000000000000c0de1';
const LIMIT_MS = 120_000;
let line: DeployedLine;
let cache: string;

beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'perennial-'));
  line = await DeployedLine.start({
    hosts: [
      {
        id: HOST,
        tags: { 'perennial-group': 'web' },
        sites: [{ serverName: 'example.com', lineage: 'example.com' }],
      },
    ],
  });
});

afterAll(async () => {
  await line?.stop();
  await rm(cache, { recursive: true, force: true });
});

interface Ended {
  status: number;
  stdout: string;
  stderr: string;
}

/** `npx --no-install perennial-tls`, with what it prints and its exit status. */
function perennial(args: string[], env: Record<string, string | undefined> = {}, given = ''): Promise<Ended> {
  const options = {
    env: { ...process.env, ...line.cloud.env, XDG_CACHE_HOME: cache, ...env },
    timeout: LIMIT_MS,
  };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [PROGRAM, ...args], options, (error, stdout, stderr) =>
      resolve({ status: Number(error?.code ?? 0), stdout, stderr }),
    );
    child.stdin?.end(given);
  });
}

/** What `--json` printed, which fits its schema without a member more. */
function answered(name: AnswerName, stdout: string): Record<string, unknown> {
  const answer = JSON.parse(stdout);
  expect(ANSWERS[name].safeParse(answer).error?.issues ?? []).toEqual([]);
  return answer;
}

describe('perennial', () => {
  const NEW = ['add', 'example.com', '--names', 'example.com,*.example.com', '--hosts', 'web'];

  it('shows before it adds one what will be written, and whom CAA shuts out', async () => {
    const shown = await perennial([...NEW, '--dry-run']);
    expect(shown.status).toBe(0);
    expect(shown.stdout).toContain('example.com: would-add (never-issued)\n');
    expect(shown.stdout).toContain(
      'TXT at _acme-challenge.example.com while it is proved, removed after it\n',
    );
    expect(shown.stdout).toMatch(/CAA at example\.com, where there is none: 0 issue "/);
    expect(shown.stdout).toMatch(
      /governs example\.com, \*\.example\.com and every other name below example\.com/,
    );
    expect(shown.stdout).toMatch(/shuts out all other CAs there\nadd: nothing was written\n$/);
    expect(await line.keys('renewal/')).toEqual([]);
  });

  it('adds no CAA above the names of others without a word of consent', async () => {
    expect(await perennial(NEW)).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/^add: CAA at example\.com[^\n]+shuts out[^\n]+--yes agrees[^\n]+\n$/),
    });
    expect(await line.keys('renewal/')).toEqual([]);
  });

  it('writes no file that would be rejected', async () => {
    const Name = '_acme-challenge.lost.example.net';
    await line.addRecord('example.net', { Name, Type: 'CNAME', values: ['x.elsewhere.test'] });
    const { status, stdout } = await perennial(['add', 'lost', '--names', 'lost.example.net']);
    expect(stdout).toMatch(/^lost: rejected \(.*x\.elsewhere\.test.*\)\nadd: nothing was written\n$/);
    expect([status, await line.keys('renewal/')]).toEqual([1, []]);
  });

  it('adds a certificate and follows it to the host that serves it', async () => {
    const args = [...NEW, '--wait', '--yes'];
    const { status, stdout } = await perennial([...args, '--profile', 'classic']);
    expect(stdout).toMatch(new RegExp(`example\\.com +│ renewed +│.*${HOST} served`));
    expect(stdout).toMatch(/^example\.com: renewed\n┌/);
    expect(stdout).toContain(
      'added renewal/example.com.json for example.com, *.example.com\nadd: 1 done, 0 not',
    );
    expect(status).toBe(0);
  });

  it('shows it as well, for people and for programs', async () => {
    const shown = await perennial(['status']);
    expect(shown.stdout).toMatch(/example\.com +│ ok +│ \d{4}-\d\d-\d\d +│ 8\d +│ 1 of 1/);
    expect(shown.stdout).not.toContain('\u001b[');
    const asked = await perennial(['status', '--json']);
    expect(answered('status', asked.stdout)).toMatchObject({
      version: 1,
      stack: 'perennial-local',
      certificates: [
        { name: 'example.com', health: 'ok', hosts: [{ instanceId: HOST, outcome: 'served', isLive: true }] },
      ],
    });
    expect([shown.status, asked.status]).toEqual([0, 0]);
  });

  it('uses colours where it is told to', async () => {
    const { stdout } = await perennial(['status'], { FORCE_COLOR: '1', NO_COLOR: undefined });
    expect(stdout).toContain('\u001b[32mok\u001b[39m');
  });

  it('leaves what is not due, and renews it by force', async () => {
    const before = (await line.pointer('example.com'))?.version;
    const left = await perennial(['renew', 'example.com']);
    expect(left).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(
        /not-due +│ – +│ nothing to do until \d{4}-\d\d-\d\d; --force renews it anyway/,
      ),
    });
    expect((await line.pointer('example.com'))?.version).toBe(before);
    const forced = await perennial(['renew', 'example.com', '--force', '--json']);
    const after = (await line.pointer('example.com'))?.version;
    expect(forced.status).toBe(0);
    expect(answered('renew', forced.stdout)).toMatchObject({
      certificates: [
        { outcome: 'renewed', version: after, hosts: [{ instanceId: HOST, outcome: 'served' }] },
      ],
    });
    expect(after).not.toBe(before);
  });

  it('has a group install again what is live', async () => {
    const { status, stdout } = await perennial(['deploy', 'web']);
    expect(stdout).toMatch(new RegExp(`example\\.com +│ deployed +│.*${HOST} unchanged`));
    expect(status).toBe(0);
  });

  it('ends with 1 where it is named something for nothing', async () => {
    await line.put('renewal/plain.json', { names: ['plain.example.com'], caa: { mode: 'check' } });
    await line.idle();
    const { status, stdout } = await perennial(['deploy', 'example.com', 'plain']);
    expect(stdout).toMatch(/example\.com +│ deployed +│/);
    expect(stdout).toMatch(/plain +│ nothing-to-deploy +│ – +│ no host group is to have it/);
    expect(stdout).toContain('deploy: 1 done, 1 not');
    expect(status).toBe(1);
    await line.remove('renewal/plain.json');
    const without = await perennial(['status']);
    expect(without.stdout).toMatch(/plain +│ retired/);
    expect(without).toMatchObject({ status: 0, stdout: expect.stringContaining('1 without a renewal file') });
    const renewed = await perennial(['renew', 'plain']);
    expect(renewed).toMatchObject({ status: 1, stdout: expect.stringMatching(/plain +│ rejected/) });
  });

  it('ends with 1 where it may not see what comes of it', async () => {
    const response = {
      status: 400,
      headers: { 'content-type': 'application/x-amz-json-1.1' },
      body: '{"__type":"AccessDeniedException","message":"not authorized"}',
    };
    const allow = line.cloud.faults.add({
      service: 'ssm',
      action: 'DescribeInstanceInformation',
      times: 99,
      // The functions have keys of their own, and may.
      when: ({ accessKeyId }) => accessKeyId === line.cloud.env.AWS_ACCESS_KEY_ID,
      effect: { kind: 'answer', response },
    });
    const deployed = await perennial(['deploy', 'example.com', '--json']);
    expect(deployed.status).toBe(1);
    expect(answered('deploy', deployed.stdout).certificates).toMatchObject([
      { outcome: 'unfinished', message: expect.stringMatching(/^it could not be followed: /) },
    ]);
    const hidden = await perennial(['status', '--json']);
    expect(hidden.status).toBe(1);
    expect(answered('status', hidden.stdout).certificates).toContainEqual(
      expect.objectContaining({ name: 'example.com', health: 'hosts-unknown' }),
    );
    expect(allow()).toBeGreaterThan(0);
    await line.idle();
  });

  it('tells a failed deployment, ends with 1, and shows it in the status', async () => {
    const host = line.cloud.hosts.get(HOST);
    if (!host) throw new Error('no host');
    host.online = false;
    const off = await perennial(['renew', 'example.com', '--force']);
    expect(off).toMatchObject({ status: 1, stdout: expect.stringMatching(/example\.com +│ offline +│/) });
    const away = await perennial(['status']);
    expect(away).toMatchObject({ status: 1, stdout: expect.stringMatching(/hosts-offline/) });
    const plain = await perennial(['deploy', 'example.com']);
    expect(plain).toMatchObject({ status: 1, stdout: expect.stringMatching(/offline/) });
    host.online = true;
    const shown = await perennial(['status']);
    expect(shown).toMatchObject({ status: 1, stdout: expect.stringMatching(/hosts-behind +│.*│ 0 of 1 +│/) });
    expect((await perennial(['deploy', 'example.com'])).status).toBe(0);
    expect((await perennial(['status'])).status).toBe(0);
  });

  it('tells a failed renewal with its reason, and ends with 1', async () => {
    await line.addRecord('example.net', {
      Name: 'example.net',
      Type: 'CAA',
      values: ['0 issue "other-ca.test"'],
    });
    await line.put('renewal/forbidden.json', { names: ['example.net'], caa: { mode: 'check' } });
    await line.idle();
    const { status, stdout } = await perennial(['renew', 'forbidden', '--force', '--json']);
    expect(status).toBe(1);
    expect(JSON.parse(stdout).certificates).toMatchObject([{ outcome: 'failed' }]);
    expect(stdout).toMatch(/caa-forbids|does not let/);
    await line.remove('renewal/forbidden.json');
  });

  it('ends its wait as soon as it is decided that nothing comes of it', async () => {
    const began = Date.now();
    const args = ['add', 'elsewhere', '--names', 'a.elsewhere.example.net', '--zone-role', 'none', '--wait'];
    expect(await perennial(args)).toMatchObject({ status: 2 });
    await line.put('renewal/nowhere.json', { names: ['nowhere.example.net'], caa: { mode: 'check' } });
    await line.idle();
    const forced = ['add', 'nowhere', '--names', 'nowhere.example.net', '--force', '--wait', '--json'];
    const { status, stdout } = await perennial(forced);
    expect(['rejected', 'waits', 'failed']).toContain(JSON.parse(stdout).certificates[0].outcome);
    expect(status).toBe(1);
    const again = await perennial([
      'add',
      'example.com',
      '--names',
      'example.com,*.example.com',
      '--hosts',
      'web',
      '--profile',
      'classic',
      '--force',
      '--wait',
      '--json',
    ]);
    expect(again.status).toBe(0);
    expect(answered('add', again.stdout).certificates).toMatchObject([{ outcome: 'not-due' }]);
    expect(Date.now() - began).toBeLessThan(60_000);
    await line.remove('renewal/nowhere.json');
  });

  it('puts the secret of an external account from standard input where only the stack reads it', async () => {
    const secret = 'c2VjcmV0LXNlY3JldC1zZWNyZXQ';
    const ca = 'https://acme.zerossl.com/v2/DV90';
    const key = externalAccountKey(ca);
    const put = await perennial(['eab', 'kid-1', '--ca', ca], {}, `${secret}\n`);
    expect(put).toEqual({
      status: 0,
      stdout: `wrote ${key} with the key identifier kid-1; the first order at ${ca} makes the account with it\n`,
      stderr: '',
    });
    expect(await line.keys('accounts/eab/')).toEqual([key]);
    const refused = await perennial(['eab', 'kid-1', '--ca', 'http://ca.test'], {}, secret);
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toMatch(
      /^eab: --ca "http:\/\/ca\.test" must be the https address of an ACME directory[^\n]*\n$/,
    );
    const own = externalAccountKey(line.cloud.directoryUrl);
    expect((await perennial(['eab', 'kid-1'], {}, secret)).stdout).toContain(`wrote ${own}`);
    await line.remove(own);
  });

  it('shows one certificate: what is next, its hosts and what is live', async () => {
    const { status, stdout } = await perennial(['show', 'example.com']);
    expect(stdout).toMatch(/^status: ok\nnext: wait \(not-due\) until [\s\S]*live: version \d{8}T/);
    expect(stdout).toMatch(
      new RegExp(`^host ${HOST} \\(web\\): has the live version, last reported (served|unchanged)$`, 'm'),
    );
    expect(status).toBe(0);
    expect(answered('show', (await perennial(['show', 'example.com', '--json'])).stdout)).toMatchObject({
      next: { action: 'wait' },
      hosts: [{ instanceId: HOST, isLive: true }],
      failures: 0,
    });
  });

  it('removes a renewal file by a word of consent, and says what stays', async () => {
    await line.put('renewal/over.json', { names: ['over.example.net'], caa: { mode: 'check' } });
    await line.idle();
    for (const args of [['over'], ['over', '--confirm', 'other'], ['over', '--json']])
      expect(await perennial(['remove', ...args])).toMatchObject({ status: 2 });
    expect(await perennial(['remove', 'ovre', '--yes'])).toMatchObject({
      status: 2,
      stderr: 'remove: there is no certificate "ovre"; did you mean over?\n',
    });
    expect(await line.keys('renewal/')).toContain('renewal/over.json');
    const { status, stdout } = await perennial(['remove', 'over', '--yes', '--json']);
    expect(answered('remove', stdout)).toMatchObject({ removed: 'renewal/over.json' });
    expect(status).toBe(0);
    expect(await line.keys('renewal/')).not.toContain('renewal/over.json');
  });

  it('tells of our account at the CA, and not its key', async () => {
    const { status, stdout } = await perennial(['account', '--json']);
    expect(answered('account', stdout)).toMatchObject({
      accounts: [{ ca: line.cloud.directoryUrl, atCa: 'found', contact: 'you@example.com', keyAgeDays: 0 }],
    });
    expect(stdout).not.toContain('PRIVATE KEY');
    expect(status).toBe(0);
  });

  it('opens the status page by a link that works', async () => {
    const early = await perennial(['open']);
    expect(early).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^open: there is no status page yet; /),
    });
    await line.invoke('status', { page: true });
    const { status, stdout } = await perennial(['open', '--print']);
    expect([status, stdout.trim().split('\n')]).toEqual([0, [expect.stringMatching(/^http:\/\/127/)]]);
    expect(await (await fetch(stdout.trim())).text()).toMatch(/^<!doctype html>/i);
    answered('open', (await perennial(['open', '--json', '--expires-in', '60'])).stdout);
    const opened = await perennial(['open'], { BROWSER: 'true' });
    expect(opened.stdout).toMatch(/^http:\/\/127\S+\nopened the status page of .*; the link works until /);
    expect((await perennial(['open'], { BROWSER: 'false' })).stdout).toMatch(/^http:\/\/127\S+\n$/);
  });

  it('completes the names of certificates', async () => {
    // A busy machine may need more than the second that a shell waits.
    const offered = async () => (await perennial(['complete', '--', 'show', ''])).stdout;
    await expect.poll(offered, { timeout: 60_000 }).toContain('example.com\tcertificate\n');
  });

  it('puts the version before back, follows it to the host, and lets it go again', async () => {
    const before = await line.pointer('example.com');
    const restored = await perennial(['restore', 'example.com', '--json']);
    expect(restored).toMatchObject({ status: 0 });
    const { pinned, certificates } = answered('restore', restored.stdout);
    expect(certificates).toMatchObject([{ name: 'example.com', outcome: 'renewed' }]);
    const live = await line.pointer('example.com');
    expect(live).toMatchObject({ restoredFrom: pinned, insteadOf: before?.version });
    expect(live?.serial).not.toBe(before?.serial);
    expect((await perennial(['show', 'example.com'])).stdout).toContain(`version ${pinned} is pinned`);
    expect(await perennial(['restore', 'example.com', '--release'])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`released example.com from version ${pinned}`),
    });
    expect((await line.pointer('example.com'))?.serial).toBe(before?.serial);
    expect(await perennial(['restore', 'example.com', '--release'])).toMatchObject({
      status: 2,
      stderr: 'restore: example.com is not pinned\n',
    });
    expect(await perennial(['restore', 'example.com', '20260101T000000Z-0a1b2c'])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^restore: [^\n]+is not in the archive[^\n]+\n$/),
    });
  });

  it('revokes only what is named twice, and follows what replaces it to the host', async () => {
    const before = await line.pointer('example.com');
    const args = ['revoke', 'example.com', '--reason', 'keyCompromise'];
    const refused = await perennial([...args, '--confirm', 'example.org']);
    expect(refused).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^revoke: [^\n]+--confirm example\.com\n$/),
    });
    expect((await line.pointer('example.com'))?.version).toBe(before?.version);
    const { status, stdout } = await perennial([...args, '--confirm', 'example.com', '--json']);
    const after = await line.pointer('example.com');
    expect(status).toBe(0);
    expect(answered('revoke', stdout)).toMatchObject({
      revoked: { version: before?.version, replaced: true },
      certificates: [{ outcome: 'renewed', version: after?.version, hosts: [{ outcome: 'served' }] }],
    });
    expect(after?.keyFingerprint).not.toBe(before?.keyFingerprint);
  });

  it('adds a certificate while S3 tells nobody of new files, as in the first minutes of a bucket', async () => {
    const args = ['add', 'early', '--names', 'early.example.com', '--wait', '--yes'];
    const { stdout, status } = await whileS3IsSilent(line, () => perennial(args));
    expect(stdout).toMatch(/early +│ renewed/);
    expect(status).toBe(0);
  });

  it('edits a renewal file, and follows what comes of it', async () => {
    const change = ['--add-names', 'soon.example.com', '--remove-names', 'early.example.com', '--no-probe'];
    const looked = await perennial(['edit', 'early', ...change, '--dry-run', '--json']);
    expect(answered('edit', looked.stdout)).toMatchObject({ certificates: [{ outcome: 'would-edit' }] });
    const { status, stdout } = await perennial(['edit', 'early', ...change, '--wait', '--yes', '--json']);
    expect(answered('edit', stdout)).toMatchObject({
      file: { names: ['soon.example.com'], probe: false },
      certificates: [{ outcome: 'renewed' }],
    });
    expect(status).toBe(0);
    expect((await line.pointer('early'))?.names).toEqual(['soon.example.com']);
    const same = await perennial(['edit', 'early', '--no-probe', '--json']);
    expect(answered('edit', same.stdout)).toMatchObject({ changed: false });
  });

  it('edits it in an editor, checks it, and loses neither what was typed nor what somebody else wrote', async () => {
    const typed = await perennial(['edit', 'early'], {
      EDITOR: `sed -i 's/"hosts": .*/"hosts": ["db"],/'`,
      VISUAL: '',
      TMPDIR: cache,
    });
    expect(typed).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /^edit: renewal\/early\.json: [^\n]+; your text is in \S+\/early\.json; [^\n]+\n$/,
      ),
    });
    const other = { names: ['soon.example.com'], reuseKey: true };
    const file = join(cache, 'other.json');
    await writeFile(file, JSON.stringify(other));
    const meanwhile = `sed -i 's/false/true/' "$1"; aws s3 cp ${file} s3://${line.bucket}/renewal/early.json --quiet;:`;
    const path = `${line.cloud.parts.venvBin}:${process.env.PATH}`;
    const lost = await perennial(['edit', 'early', '--yes'], {
      EDITOR: meanwhile,
      VISUAL: '',
      TMPDIR: cache,
      PATH: path,
    });
    expect(lost).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /changed by somebody else meanwhile; your text is in \S+; nothing was written/,
      ),
    });
    expect(JSON.parse((await line.text('renewal/early.json')) ?? '')).toEqual(other);
  });

  it('tells what the functions said of one certificate', async () => {
    const { status, stdout } = await perennial(['logs', 'early', '--since', '1h']);
    expect(stdout).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ renew: renewal ended: renewed \(never-issued\)/m,
    );
    expect(status).toBe(0);
    const { lines } = answered('logs', (await perennial(['logs', 'early', '--json'])).stdout);
    expect(lines).toContainEqual(expect.objectContaining({ function: 'scan', level: 'INFO' }));
    expect(await perennial(['logs', 'erly'])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/did you mean early\?/),
    });
  });

  it('follows what they say until it is interrupted, a line of JSON each', async () => {
    const options = { env: { ...process.env, ...line.cloud.env, XDG_CACHE_HOME: cache } };
    const child = spawn(
      process.execPath,
      [PROGRAM, 'logs', 'early', '--follow', '--since', '1s', '--json'],
      options,
    );
    let seen = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      seen += text;
    });
    const ended = once(child, 'exit');
    await expect
      .poll(
        async () => {
          await line.scan({ start: 'check', names: ['early'] });
          return seen;
        },
        { timeout: 60_000, interval: 3_000 },
      )
      .toContain('certificate decided');
    child.kill('SIGINT');
    expect((await ended)[0]).toBe(0);
    for (const one of seen.trim().split('\n')) answered('logs --follow', one);
  });

  it('plans, and says which file is refused', async () => {
    await line.put('renewal/broken.json', '{ "names": ["<b>x</b>.example.com"] }');
    await line.idle();
    const { status, stdout } = await perennial(['plan']);
    expect(stdout).toMatch(/broken +│ reject +│ renewal-file-invalid/);
    expect(stdout).toMatch(/example\.com +│ wait +│ not-due/);
    expect(status).toBe(1);
    const one = await perennial(['plan', 'example.com', '--json']);
    expect(one.status).toBe(0);
    expect(answered('plan', one.stdout).certificates).toMatchObject([
      { name: 'example.com', action: 'wait' },
    ]);
    expect((await perennial(['plan', 'exmaple.com'])).stdout).toMatch(
      /^exmaple\.com: did you mean example\.com\?$/m,
    );
    await line.remove('renewal/broken.json');
  });
});

describe('perennial refuses in one line, and writes nothing', () => {
  it.each<[string, string[], Record<string, string>, RegExp]>([
    [
      'a stage without a stack',
      ['status', '--stage', 'nowhere'],
      {},
      /there is no stack perennial-nowhere in us-east-1/,
    ],
    [
      'another region',
      ['status'],
      { AWS_REGION: 'eu-west-1' },
      /there is no stack perennial-local in eu-west-1/,
    ],
    [
      'nobody there',
      ['status'],
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
      /could not look for the stack in us-east-1: .*ECONNREFUSED/,
    ],
    [
      'a name with HTML in it',
      ['add', '<script>', '--names', 'a.example.com'],
      {},
      /certificate name "<script>": the name may hold only/,
    ],
    [
      'control characters',
      ['add', 'a\u001b[2J', '--names', 'a.example.com'],
      {},
      /certificate name "a\\u001b\[2J"/,
    ],
    [
      'a DNS name that is none',
      ['add', 'a', '--names', '<b>.example.com'],
      {},
      /names\[0\]: "<b>.example.com" is not a DNS name/,
    ],
    [
      'a name outside the domains',
      ['add', 'a', '--names', 'a.example.org'],
      {},
      /outside the stack's domains/,
    ],
    [
      'a group that is not there',
      ['add', 'a', '--names', 'a.example.com', '--hosts', 'db'],
      {},
      /host group "db" is not one of web/,
    ],
    [
      'a file that exists',
      ['add', 'example.com', '--names', 'example.com'],
      {},
      /exists already; --force replaces it/,
    ],
    [
      'a file that exists, to be looked at before',
      ['add', 'example.com', '--names', 'example.com', '--dry-run'],
      {},
      /exists already; --force replaces it/,
    ],
    [
      'nothing by that name',
      ['deploy', '../x'],
      {},
      /"\.\.\/x" is neither a host group \(web\) nor a certificate/,
    ],
  ])('%s', async (_, args, env, message) => {
    const before = await line.keys();
    const { status, stdout, stderr } = await perennial(args, env);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect(stderr).toMatch(message);
    expect(await line.keys()).toEqual(before);
  });

  it('two stacks, and one whose deploy is not through', async () => {
    const cloudFormation = new CloudFormationClient({
      endpoint: line.cloud.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const TemplateBody = JSON.stringify({ Resources: { Bucket: { Type: 'AWS::S3::Bucket' } } });
    await cloudFormation.send(new CreateStackCommand({ StackName: 'perennial-second', TemplateBody }));
    const both = await perennial(['status'], { PERENNIAL_STAGE: undefined as never });
    expect(both).toMatchObject({
      status: 2,
      stderr: 'status: there are 2 stacks in us-east-1; say which with --stage local or --stage second\n',
    });
    expect(await perennial(['status', '--stage', 'second'])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^status: the stack perennial-second has no output Bucket, [^\n]+\n$/),
    });
    await cloudFormation.send(new DeleteStackCommand({ StackName: 'perennial-second' }));
    cloudFormation.destroy();
    expect((await perennial(['status'], { PERENNIAL_STAGE: undefined as never })).status).toBe(0);
  });

  it.each([
    ['cloudformation', 'DescribeStacks', ['status'], /allow them cloudformation:DescribeStacks/],
    ['lambda', 'Invoke', ['plan'], /allow them lambda:InvokeFunction/],
    ['s3', 'GetObject', ['status'], /allow these AWS credentials s3:ListBucket/],
  ])('credentials without %s %s', async (service, action, args, message) => {
    const denied = JSON.stringify({
      Code: 'AccessDenied',
      message: 'not authorized',
      __type: 'AccessDeniedException',
    });
    const remove = line.cloud.faults.add({
      service,
      action,
      times: 100,
      effect: {
        kind: 'answer',
        response: {
          status: 403,
          headers: { 'x-amzn-errortype': 'AccessDeniedException' },
          body: Buffer.from(denied),
        },
      },
    });
    const { status, stderr } = await perennial(args, { XDG_CACHE_HOME: join(cache, service) });
    remove();
    expect(status).toBe(2);
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect(stderr).toMatch(message);
  });
});
