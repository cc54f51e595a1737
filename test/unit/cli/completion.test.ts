import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCandidates } from '../../../cli/completion/find-candidates.ts';
import { cacheFile, knownNames } from '../../../cli/completion/known-names.ts';
import { buildProgram } from '../../../cli/program/program.ts';

const candidates = (...words: string[]) => findCandidates(buildProgram(), words);
const wordsAt = (...words: string[]) => {
  const found = candidates(...words);
  return typeof found === 'string' ? found : found.map(({ word }) => word);
};

describe('what may come next', () => {
  it('is a command, each with what it does, and none that is hidden', () => {
    const found = candidates('');
    const names = typeof found === 'string' ? [] : found.map(({ word }) => word);
    const commands = buildProgram().commands.map((command) => command.name());
    expect(names).toEqual([...commands.filter((name) => name !== 'complete'), 'help']);
    expect(found).toContainEqual({
      word: 'plan',
      what: 'shows what the next scan would do; changes nothing',
    });
  });

  it.each(['show', 'edit', 'remove', 'logs', 'plan', 'doctor', 'renew', 'deploy', 'revoke', 'restore'])(
    'is the name of a certificate after %s',
    (command) => expect(wordsAt(command, '')).toBe('certificates'),
  );

  it.each<[string, string[], string | string[]]>([
    ['one name more where several are taken', ['renew', 'a', '--force', ''], 'certificates'],
    ['nothing where one is taken', ['show', 'a', ''], []],
    ['nothing that is known after the name of a new one', ['add', ''], []],
    ['a name after the value of an option', ['logs', '--since', '2h', ''], 'certificates'],
    ['a name after the options of all commands', ['--stage', 'staging', 'show', ''], 'certificates'],
    ['a command after them', ['--json', '--region', 'eu-west-1', 'eab'], ['eab']],
    ['a shell', ['completion', ''], ['bash', 'zsh', 'fish']],
    ['a folder', ['import', ''], 'files'],
    ['a name after a folder', ['export', '/tmp/x', ''], 'certificates'],
    ['the values of an option', ['edit', 'a', '--caa-mode', ''], ['manage', 'check', 'off']],
    ['the name again', ['remove', 'a', '--confirm', ''], 'certificates'],
    ['nothing that is known', ['edit', 'a', '--profile', ''], []],
  ])('is %s', (_, words, expected) => {
    const found = wordsAt(...words);
    if (Array.isArray(expected) && expected.length === 1) expect(found).toContain(expected[0]);
    else expect(found).toEqual(expected);
  });

  it('is an option of the command, or of all, and none that is there already', () => {
    const found = wordsAt('edit', 'a', '--wait', '--');
    expect(found).toEqual(
      expect.arrayContaining(['--names', '--no-probe', '--dry-run', '--stage', '--json']),
    );
    expect(found).not.toContain('--wait');
    expect(wordsAt('--')).toEqual(['--stage', '--region', '--json']);
  });
});

describe('the names that are known', () => {
  const NOW = 1_000_000;
  let folder: string;
  let asked = 0;
  const list =
    (...names: string[]) =>
    async () => {
      asked += 1;
      return names;
    };
  const slow = () => new Promise<string[]>((resolve) => setTimeout(resolve, 60_000, ['late']).unref());
  const names = (source: () => Promise<string[]>, now = NOW, limitMs = 1_000) =>
    knownNames(join(folder, 'deep/names.json'), source, { limitMs, now });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perennial-'));
    asked = 0;
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('are listed once a minute', async () => {
    expect(await names(list('a'))).toEqual(['a']);
    expect(await names(list('b'), NOW + 59_000)).toEqual(['a']);
    expect(asked).toBe(1);
    expect(await names(list('b'), NOW + 61_000)).toEqual(['b']);
  });

  it('are those of before where nobody answers in time, and none where there were none', async () => {
    expect(await names(slow, NOW, 20)).toEqual([]);
    await names(list('a'));
    expect(await names(slow, NOW + 120_000, 20)).toEqual(['a']);
  });

  it('are none where nobody can be asked, and nothing is thrown', async () => {
    const broken = async () => {
      throw new Error('no region');
    };
    expect(await names(broken)).toEqual([]);
    await names(list('a'));
    expect(await names(broken, NOW + 120_000)).toEqual(['a']);
  });

  it('are in a file of their owner only, apart for each stack', async () => {
    await names(list('a'));
    expect(JSON.parse(await readFile(join(folder, 'deep/names.json'), 'utf8'))).toEqual({
      at: NOW,
      names: ['a'],
    });
    const modes = await Promise.all(['deep', 'deep/names.json'].map((file) => stat(join(folder, file))));
    expect(modes.map(({ mode }) => (mode & 0o777).toString(8))).toEqual(['700', '600']);
    const at = { XDG_CACHE_HOME: '/c', AWS_REGION: 'eu-west-1' };
    const files = [
      cacheFile(at, undefined),
      cacheFile(at, 'staging'),
      cacheFile({ ...at, AWS_PROFILE: 'other' }, undefined),
      cacheFile({ ...at, AWS_REGION: 'us-east-1' }, undefined),
      cacheFile({ ...at, AWS_DEFAULT_REGION: 'us-east-1' }, undefined),
      cacheFile({ ...at, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, undefined),
    ];
    expect(new Set(files).size).toBe(6);
    expect(cacheFile({ ...at, PERENNIAL_STAGE: 'staging' }, undefined)).toBe(files[1]);
    expect(files[0]).toMatch(/^\/c\/perennial-tls\/names-[0-9a-f]{16}\.json$/);
  });
});
