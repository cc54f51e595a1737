import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Asker } from '../../../cli/project/ask.ts';
import { type Domains, gatherByAsking, type InitFlags } from '../../../cli/project/gather-settings.ts';
import { complaintAboutSettings } from '../../../cli/project/project.ts';
import { parseGroups, settingsText } from '../../../cli/project/settings-text.ts';

const { load } = createRequire(import.meta.url)('js-yaml');
const PROGRAM = join(import.meta.dirname, '../../../cli/perennial.mjs');
const NEEDED = ['--contact', 'you@example.com', '--agree-to-terms'];
const ASKED = { contact: 'you@example.com', agreeToTerms: true, domains: ['example.com'], hostGroups: {} };
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'perennial-init-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const written = () => readFileSync(join(folder, 'settings.yml'), 'utf8');

/** Runs it without a terminal and without AWS. */
function init(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const env = {
    ...{ PATH: process.env.PATH, HOME: folder, AWS_EC2_METADATA_DISABLED: 'true' },
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
  };
  return new Promise((resolve) => {
    const options = { cwd: folder, env, timeout: 30_000 };
    const child = execFile(process.execPath, [PROGRAM, 'init', ...args], options, (error, stdout, stderr) =>
      resolve({ status: Number(error?.code ?? 0), stdout, stderr }),
    );
    child.stdin?.end();
  });
}

describe('init without a terminal', () => {
  it('writes settings that a deploy takes, from flags', async () => {
    const args = [
      ...NEEDED,
      '--domains',
      'example.com,example.org',
      '--host-groups',
      'web=container:nginx,mail=hooks',
    ];
    const { status, stdout } = await init(...args);
    expect(stdout).toContain(
      'wrote settings.yml: example.com, example.org; "npx --no-install perennial-tls deploy --stage staging"',
    );
    expect(status).toBe(0);
    expect(complaintAboutSettings(written())).toBeUndefined();
    expect(load(written()).default).toEqual({
      contact: 'you@example.com',
      agreeToTerms: true,
      domains: ['example.com', 'example.org'],
      hostGroups: { web: { reload: 'container', container: 'nginx' }, mail: { reload: 'hooks' } },
    });
  });

  it('writes the section of a stage that is named', async () => {
    await init(...NEEDED, '--domains', 'example.com', '--host-groups', 'none', '--stage', 'acceptance');
    expect(load(written())).toEqual({ acceptance: ASKED });
  });

  it('leaves a file that exists alone, but with --force', async () => {
    writeFileSync(join(folder, 'settings.yml'), 'mine');
    const refused = await init(...NEEDED, '--domains', 'example.com');
    expect(refused).toMatchObject({
      status: 2,
      stderr: 'init: settings.yml exists already; edit it, or replace it with --force\n',
    });
    expect(written()).toBe('mine');
    expect((await init(...NEEDED, '--domains', 'example.com', '--force')).status).toBe(0);
    expect(written()).toContain('example.com');
  });

  it('says in one line what cannot be written', async () => {
    mkdirSync(join(folder, 'settings.yml'));
    expect(
      await init(...NEEDED, '--domains', 'example.com', '--host-groups', 'none', '--force'),
    ).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /^init: settings\.yml cannot be written \(EISDIR\); nothing was written[^\n]+\n$/,
      ),
    });
  });

  it('says what is missing, and why it knows no hosted zones', async () => {
    const { status, stderr } = await init('--yes');
    expect(status).toBe(2);
    expect(stderr).toContain("there is nobody to ask, and it could not list the account's hosted zones");
    expect(stderr).toContain('give --contact <mail address>, --agree-to-terms (https://');
    expect(stderr.trim()).not.toContain('\n');
  });

  it.each([
    [['--domains', 'co.uk'], 'domains[0]: "co.uk" is a public suffix'],
    [['--domains', 'example.com', '--host-groups', 'web_1'], 'hostGroups.web_1: a group name may hold only'],
    [
      ['--domains', 'example.com', '--host-groups', 'web=restart'],
      '"web=restart" is no host group; give them as in',
    ],
  ])('writes nothing of %j', async (args, complaint) => {
    const { status, stderr } = await init(...NEEDED, ...args);
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining(complaint) });
    expect(written).toThrow();
  });
});

/** A person with these answers, one for each question. */
function personWith(answers: string[]) {
  const said: string[] = [];
  const asker: Asker = {
    say: (line) => said.push(line),
    async ask(question, { fallback = '', complaint } = {}) {
      for (;;) {
        said.push(question);
        const answer = answers.shift();
        if (answer === undefined) throw new Error(`nobody answers: ${question}`);
        const wrong = complaint?.(answer || fallback);
        if (wrong === undefined) return answer || fallback;
        said.push(wrong);
      }
    },
    async agrees(question) {
      said.push(question);
      return answers.shift() === 'y';
    },
  };
  return { asker, said };
}

const complain = (part: object) =>
  complaintAboutSettings(settingsText({ ...ASKED, ...part }, { section: 'default' }));
const ZONES: Domains = { domains: ['example.com', 'example.net', 'example.org'] };

async function asked(
  answers: string[],
  { flags = {}, listed = ZONES }: { flags?: InitFlags; listed?: Domains } = {},
) {
  const { asker, said } = personWith(answers);
  return { settings: await gatherByAsking(flags, { listed, asker, complain }), said, left: answers };
}

describe('init at a terminal', () => {
  it('offers the hosted zones of the account, and takes them by number or name', async () => {
    const { settings, said } = await asked(['you@example.com', 'y', '1, example.org', '']);
    expect(settings.domains).toEqual(['example.com', 'example.org']);
    expect(said).toContain('  2  example.net');
  });

  it('takes them all where nothing is answered, and one group in a container', async () => {
    const { settings } = await asked(['you@example.com', 'y', '', '']);
    expect(settings).toMatchObject({
      domains: ['example.com', 'example.net', 'example.org'],
      hostGroups: { web: { reload: 'container', container: 'web' } },
    });
  });

  it('asks again with what is wrong', async () => {
    const { settings, said } = await asked(['me', 'you@example.com', 'y', '4', '2', 'mail=stop', 'none']);
    expect(settings).toEqual({ ...ASKED, domains: ['example.net'] });
    expect(said.join('\n')).toContain('contact: must be one mail address');
    expect(said.join('\n')).toContain('domains[0]: "4" ');
    expect(said.join('\n')).toContain('"mail=stop" is no host group');
  });

  it('goes on without the zones where they cannot be listed, and says so', async () => {
    const listed = { unknown: 'could not list: no credentials' };
    const { settings, said } = await asked(['you@example.com', 'y', 'example.com', 'none'], { listed });
    expect(settings).toEqual(ASKED);
    expect(said).toContain('could not list: no credentials');
  });

  it('asks nothing that a flag has answered', async () => {
    const flags = {
      contact: 'you@example.com',
      agreeToTerms: true,
      domains: 'example.com',
      hostGroups: 'none',
    };
    expect((await asked([], { flags })).settings).toEqual(ASKED);
  });

  it('writes nothing for one who does not agree to the terms', async () => {
    await expect(asked(['you@example.com', 'n'])).rejects.toThrow('without an agreement');
  });
});

describe('host groups of a flag', () => {
  it.each([
    ['web', { web: { reload: 'container', container: 'web' } }],
    [
      'web=container:shop/nginx, edge=service',
      { web: { reload: 'container', container: 'shop/nginx' }, edge: { reload: 'service' } },
    ],
    ['none', {}],
  ])('%s', (text, groups) => {
    expect(parseGroups(text)).toEqual(groups);
  });

  it('are refused where a name stands twice, of which one would be lost', () => {
    expect(() => parseGroups('web,web=hooks')).toThrow('"web" stands twice; name each once');
  });

  it.each(['', 'web=', '=hooks', 'web=service:nginx', 'web,,mail'])('are refused: "%s"', (text) => {
    expect(() => parseGroups(text)).toThrow('is no host group');
  });
});
