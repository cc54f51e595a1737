import { Readable } from 'node:stream';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { putExternalAccount, readSecret } from '../../../cli/commands/eab.ts';
import { externalAccountKey } from '../../../lib/foundation/certificate/object-keys.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';

const HMAC_KEY = 'c2VjcmV0LXNlY3JldC1zZWNyZXQ';
const CA = 'https://acme.zerossl.com/v2/DV90';
const input = (text: string) => Readable.from([text]);

describe('the secret of an external account', () => {
  it('is read from standard input, without the line break at its end', async () => {
    expect(await readSecret('kid-1', input(`${HMAC_KEY}\n`))).toEqual({ kid: 'kid-1', hmacKey: HMAC_KEY });
  });

  it('is put where only the stack reads it, the last one counts, and no answer shows it', async () => {
    const store = new MemoryStore();
    await store.put(externalAccountKey(CA), 'before');
    const answer = await putExternalAccount(store, CA, { kid: 'kid-1', hmacKey: HMAC_KEY });
    expect(JSON.parse(store.text(externalAccountKey(CA)))).toEqual({
      kid: 'kid-1',
      hmacKey: HMAC_KEY,
    });
    expect(answer).toMatchObject({ ok: true, text: expect.stringContaining('kid-1') });
    expect(JSON.stringify(answer)).not.toContain(HMAC_KEY);
  });

  it('is not waited for at a terminal', async () => {
    const terminal = Object.assign(input(''), { isTTY: true });
    await expect(readSecret('kid-1', terminal)).rejects.toMatchObject({ reason: 'secret-missing' });
  });

  it.each([
    ['nothing', 'kid-1', ''],
    ['a key identifier before it', 'kid-1', `kid-1:${HMAC_KEY}`],
    ['two lines', 'kid-1', `${HMAC_KEY}\n${HMAC_KEY}`],
    ['JSON', 'kid-1', JSON.stringify({ hmacKey: HMAC_KEY })],
    ['a control character', 'kid-1', `${HMAC_KEY}\u001b`],
    ['a key identifier with a blank', 'kid 1', HMAC_KEY],
  ])('is refused with %s, in one line that does not show it', async (_, kid, text) => {
    const error = await readSecret(kid, input(text)).catch((caught: Error) => caught);
    expect(error).toMatchObject({ reason: 'external-account-malformed' });
    expect((error as Error).message).not.toContain('\n');
    expect(inspect(error, { depth: 9 })).not.toContain(HMAC_KEY);
  });
});
