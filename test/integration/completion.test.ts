import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cacheFile } from '../../cli/completion/known-names.ts';
import { scriptFor } from '../../cli/completion/scripts.ts';
import { findDebianProgram } from '../../local/setup/debian-program.ts';
import { findProgram } from '../../local/setup/find-program.ts';

const PROGRAM = join(import.meta.dirname, '../../cli/perennial.mjs');
const NAMES = ['example.com', 'exotic.example.net', 'shop'];
const LIMIT_MS = 60_000;
const [zsh, fish] = await Promise.all([
  findDebianProgram({ name: 'zsh', packageName: 'zsh', file: 'bin/zsh' }),
  findDebianProgram({ name: 'fish', packageName: 'fish', file: 'usr/bin/fish' }),
]);
const script = findProgram('script');
const noScript = script ? '' : ' (SKIPPED: there is no program "script", of util-linux, for a terminal)';
let folder: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-'));
  env = {
    PATH: process.env.PATH,
    HOME: folder,
    XDG_CACHE_HOME: folder,
    TERM: 'dumb',
    AWS_REGION: 'us-east-1',
  };
  await mkdir(join(folder, 'perennial-tls'));
  for (const stage of [undefined, 'x'])
    await writeFile(cacheFile(env, stage), JSON.stringify({ at: Date.now() + 30_000, names: NAMES }));
  await mkdir(join(folder, 'folder'));
});

afterAll(() => rm(folder, { recursive: true }));

/** What a person sees who types this into a shell on a terminal. */
function typed(shell: string, keys: string): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(script ?? '', ['-qfec', shell, '/dev/null'], { env, cwd: folder });
    let seen = '';
    const end = setTimeout(() => child.kill(), LIMIT_MS);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const wasReady = seen.includes('READY>');
      seen += text;
      if (!wasReady && seen.includes('READY>')) child.stdin.write(keys);
      if (/GOT<[^$>]*>/.test(seen)) child.stdin.end('exit\n');
    });
    child.once('close', () => {
      clearTimeout(end);
      resolve(/GOT<([^$>]*)>/.exec(seen)?.[1] ?? `nothing, but\n${seen}`);
    });
  });
}

/** As it is typed, `⇥` for the key; and the words that the program gets. */
const LINES: [string, string][] = [
  ['stat⇥', 'status'],
  ['comp⇥', 'completion'],
  ['show exot⇥', 'show exotic.example.net'],
  ['edit shop --caa-m⇥ man⇥', 'edit shop --caa-mode manage'],
  ['--stage x rem⇥ sh⇥', '--stage x remove shop'],
  ['export fol⇥', 'export folder'],
];
/** Zsh takes the slash after a folder away again. */
const wordsOf = (text: string) => text.trim().replace(/\s+/g, ' ').replace(/\/$/, '');

describe.skipIf(!script)(`completion in bash${noScript}`, () => {
  it.each(LINES)('makes %s into %s', async (line, words) => {
    const rc = join(folder, 'bashrc');
    const hear = `perennial-tls() { echo "GOT""<$*>"; }`;
    await writeFile(
      rc,
      `${scriptFor('bash', PROGRAM)}\n${hear}\nbind 'set enable-bracketed-paste off'\nPS1='READY''>'\n`,
    );
    const seen = await typed(
      `bash --noprofile --rcfile ${rc} -i`,
      `perennial-tls ${line.replaceAll('⇥', '\t')}\n`,
    );
    expect(wordsOf(seen)).toBe(words);
  });

  it('takes a word with a colon for one', async () => {
    const line = 'perennial-tls add x --ca https://ca.test/d --probe --caa-mo';
    const ask = `COMP_LINE='${line}' COMP_POINT=${line.length} COMP_CWORD=10 COMP_WORDS=(perennial-tls add x --ca https : //ca.test/d --probe --caa-mo); COMP_CWORD=8; _perennial_tls; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await run('bash', ['-c', `${scriptFor('bash', PROGRAM)}\n${ask}`]);
    expect(stdout).toBe('--caa-mode\n');
  });
});

const zshTitle = typeof zsh === 'string' ? `zsh (${zsh})` : `zsh${noScript}`;
describe.skipIf(!script || typeof zsh === 'string')(`completion in ${zshTitle}`, () => {
  it.each(LINES)('makes %s into %s', async (line, words) => {
    if (typeof zsh === 'string') return;
    const { root } = zsh;
    // Unpacked, it looks for its parts where it is not installed.
    const rc = `module_path=(${root}/usr/lib/*/zsh/*(N)); fpath=(${root}/usr/share/zsh/functions/**/*(/N) ${root}/usr/share/zsh/functions)
autoload -Uz compinit; compinit -u -D
${scriptFor('zsh', PROGRAM)}
perennial-tls() { print -r -- "GOT""<$*>" }
unsetopt prompt_sp prompt_cr zle_bracketed_paste; unset zle_bracketed_paste; PS1='READY''>'
`;
    await writeFile(join(folder, '.zshrc'), rc);
    const seen = await typed(`${zsh.program} -d -i`, `perennial-tls ${line.replaceAll('⇥', '\t')}\n`);
    expect(wordsOf(seen)).toBe(words);
  });
});

const fishTitle = typeof fish === 'string' ? `fish (${fish})` : 'fish';
describe.skipIf(typeof fish === 'string')(`completion in ${fishTitle}`, () => {
  it.each<[string, string[]]>([
    ['stat', ['status']],
    ['show ex', ['example.com', 'exotic.example.net']],
    ['edit shop --caa-mode ', ['check', 'manage', 'off']],
    ['--stage x show sh', ['shop']],
    ['completion ', ['bash', 'fish', 'zsh']],
  ])('offers for %j the words %j', async (line, words) => {
    if (typeof fish === 'string') return;
    const file = join(folder, 'perennial.fish');
    await writeFile(file, `function perennial-tls; end\n${scriptFor('fish', PROGRAM)}`);
    const { stdout } = await run(fish.program, [
      '--no-config',
      '-c',
      `source ${file}; complete -C 'perennial-tls ${line}'`,
    ]);
    const offered = stdout
      .split('\n')
      .map((one) => one.split('\t')[0] ?? '')
      .filter(Boolean);
    expect(offered.sort()).toEqual(words);
  });
});

function run(program: string, args: string[]): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(program, args, { env, timeout: LIMIT_MS }, (_, stdout, stderr) => resolve({ stdout, stderr }));
  });
}
