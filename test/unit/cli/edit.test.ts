import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { replaceFile } from '../../../cli/commands/edit.ts';
import { editText } from '../../../cli/renewal-file/edit-text.ts';
import { contested } from '../../fakes/contested-store.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const key = 'renewal/shop.json';

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
    ['is not set', '', 'nothing-to-edit', /no option says what to change.*set EDITOR$/],
  ])('that %s is told in one line', async (_, editor, reason, message) => {
    vi.stubEnv('EDITOR', editor);
    const told = editText('shop', 'x');
    await expect(told).rejects.toThrow(message);
    await expect(told).rejects.toMatchObject({ reason });
  });
});
