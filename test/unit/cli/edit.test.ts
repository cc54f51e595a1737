import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keepingText, replaceFile } from '../../../cli/commands/edit.ts';
import { editText } from '../../../cli/renewal-file/edit-text.ts';

import { StoreError } from '../../../lib/foundation/bucket/object-store.ts';

import { contested } from '../../fakes/contested-store.ts';

import { MemoryStore } from '../../fakes/memory-store.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const key = 'renewal/shop.json';
const EDIT_TEXT = join(import.meta.dirname, '../../../cli/renewal-file/edit-text.ts');

describe('edit', () => {
  it('writes over what it read, and over nothing that was changed meanwhile', async () => {
    const store = new MemoryStore(() => NOW);
    await store.put(key, '{ "names": ["a.example.com"] }');
    const etag = (await store.get(key))?.etag ?? '';
    await store.put(key, '{ "names": ["b.example.com"] }');
    await expect(replaceFile(store, { key, text: '{}', etag })).rejects.toMatchObject({
      reason: 'changed-meanwhile',
      message: expect.stringMatching(
        /^renewal\/shop\.json was changed by somebody else meanwhile; nothing was/,
      ),
    });
    expect((await store.get(key))?.body).toBe('{ "names": ["b.example.com"] }');
    const now = (await store.get(key))?.etag ?? '';
    expect(await replaceFile(store, { key, text: '{}', etag: now })).toBe('changed renewal/shop.json');
    expect((await store.get(key))?.body).toBe('{}');
  });

  it('leaves what somebody writes, or removes, right before it writes', async () => {
    const store = new MemoryStore(() => NOW);
    for (const theirs of ['{ "names": ["b.example.com"] }', undefined]) {
      await store.put(key, '{ "names": ["a.example.com"] }');
      const etag = (await store.get(key))?.etag ?? '';
      const late = contested(store, key, () =>
        theirs === undefined ? store.remove(key) : store.put(key, theirs),
      );
      const edited = replaceFile(late, { key, text: '{}', etag });
      await expect(edited).rejects.toMatchObject({ reason: 'changed-meanwhile' });
      expect(late.contests).toBe(1);
      expect((await store.get(key))?.body).toBe(theirs);
    }
  });
});

describe('the editor', () => {
  beforeEach(() => void vi.stubEnv('VISUAL', ''));
  afterEach(() => void vi.unstubAllEnvs());

  it('gets the text in a file of its name, and gives back what it leaves there', async () => {
    vi.stubEnv('EDITOR', 'sed -i s/classic/tlsserver/');
    const edited = await editText('shop', '{ "profile": "classic" }');
    expect(edited.text.trim()).toBe('{ "profile": "tlsserver" }');
    expect(edited.path).toMatch(/\/shop\.json$/);
    await edited.discard();
    expect(existsSync(edited.path)).toBe(false);
  });

  it('is $VISUAL before $EDITOR', async () => {
    vi.stubEnv('VISUAL', 'true');
    vi.stubEnv('EDITOR', 'false');
    const edited = await editText('shop', 'x');
    await edited.discard();
    expect(edited.text).toBe('x');
  });

  it.each([
    ['ends badly', 'false', 'editor-failed', 'the editor (false) ended with status 1; nothing was written'],
    ['is killed', 'kill $$ #', 'editor-failed', /ended with SIGTERM; nothing was written$/],
    ['leaves no file', 'rm', 'editor-failed', 'the editor (rm) left no file; nothing was written'],
    ['is not set', '', 'nothing-to-edit', /no option says what to change.*set EDITOR$/],
  ])('that %s is told in one line', async (_, editor, reason, message) => {
    vi.stubEnv('EDITOR', editor);
    const told = editText('shop', 'x');
    await expect(told).rejects.toThrow(message);
    await expect(told).rejects.toMatchObject({ reason });
  });

  it('that ends badly leaves what was written, and it is said where', async () => {
    vi.stubEnv('EDITOR', 'f() { echo mine > "$1"; kill $$; }; f');
    const { message } = await editText('shop', 'x').catch((error) => error);
    const [, path = ''] = /; nothing was written; your text is in (\S+)$/.exec(message) ?? [];
    expect(readFileSync(path, 'utf8')).toBe('mine\n');
    rmSync(dirname(path), { recursive: true });
  });

  it('may be interrupted, as Ctrl-C in vi goes to all programs of the terminal', async () => {
    const code = `import { editText } from ${JSON.stringify(EDIT_TEXT)};
      const { text, discard } = await editText('shop', 'x'); await discard(); console.log(text)`;
    const env = { ...process.env, EDITOR: 'f() { kill -INT $PPID; sleep 0.1; }; f' };
    const args = ['--input-type=module', '-e', code];
    expect((await promisify(execFile)(process.execPath, args, { env, timeout: 30_000 })).stdout).toBe('x\n');
  });

  it('is not asked to write it again where AWS refused what it left', async () => {
    const edited = { text: 'x', path: '/tmp/x/shop.json', discard: async () => {} };
    const refused = keepingText(edited, () =>
      Promise.reject(new StoreError('store-access-denied', { seen: 'may not write', remedy: 'allow it' })),
    );
    await expect(refused).rejects.toMatchObject({
      reason: 'store-access-denied',
      message: 'may not write; your text is in /tmp/x/shop.json; allow it',
    });
  });
});
