import { beforeEach, describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../../lib/adapters/node/runtime.ts';
import { StoreError } from '../../../lib/foundation/bucket/object-store.ts';
import { LivePointer } from '../../../lib/foundation/certificate/live-pointer.ts';
import { InputError } from '../../../lib/foundation/common/input-error.ts';
import { AcmeError } from '../../../lib/issuance/ca/certificate-authority.ts';
import type { AskRenewalInfo, RenewalAdvice } from '../../../lib/issuance/ca/renewal-info.ts';
import { RenewalInfoClient } from '../../../lib/scan/ask-renewal-info.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { pointerOf } from '../../fakes/pointers.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const [HOUR, DAY] = [3_600_000, 86_400_000];
const CA = 'https://ca.test/directory';
const instant = (ms: number) => new Date(NOW.getTime() + ms);
const advice = (startMs: number, endMs: number, more: object = {}): RenewalAdvice => ({
  window: { start: instant(startMs), end: instant(endMs) },
  ...more,
});
const live = LivePointer.parse({ ...pointerOf(instant(60 * DAY), 90), certId: 'aki.serial', ca: CA });
let store: MemoryStore;
let asked: string[];
let askAgain: Map<string, string>;
const memory = {
  askAgain: (certId: string) => askAgain.get(certId),
  rememberAsked: (certId: string, until: string) => void askAgain.set(certId, until),
};
let warnings: string[];

beforeEach(() => {
  store = new MemoryStore(() => NOW);
  asked = [];
  askAgain = new Map();
  warnings = [];
});

function roundAt(now: Date, answer: AskRenewalInfo): RenewalInfoClient {
  const askRenewalInfo: AskRenewalInfo = (directoryUrl, certId) => {
    asked.push(`${directoryUrl} ${certId}`);
    return answer(directoryUrl, certId);
  };
  return new RenewalInfoClient(
    { store, askRenewalInfo, runtime: nodeRuntime, asked: memory, stack: { checkEveryHours: 1 } },
    { now, warn: (message) => warnings.push(message) },
  );
}

const stored = () => JSON.parse(store.text('state/a.json') || 'null');

describe('asking the CA when to renew', () => {
  it('remembers an instant in its window, and when to ask again', async () => {
    const answer = advice(DAY, 3 * DAY, { retryAfterMs: 2 * HOUR, explanationUrl: 'https://ca.test/why' });
    const state = await roundAt(NOW, async () => answer).ask('a', live, undefined);
    expect(asked).toEqual([`${CA} aki.serial`]);
    expect(state).toEqual(stored());
    expect(stored().suggested).toMatchObject({
      certId: 'aki.serial',
      explanationUrl: 'https://ca.test/why',
    });
    expect(memory.askAgain('aki.serial')).toBe(instant(2 * HOUR).toISOString());
    const at = Date.parse(stored().suggested.at);
    expect(at >= instant(DAY).getTime() && at <= instant(3 * DAY).getTime()).toBe(true);
  });

  it('keeps the instant however often it asks, and waits until it may', async () => {
    let writes = 0;
    store.beforeWrite = () => {
      writes += 1;
    };
    let state = await roundAt(NOW, async () => advice(DAY, 30 * DAY)).ask('a', live, undefined);
    const first = state?.suggested?.at;
    state = await roundAt(instant(HOUR), async () => advice(DAY, 30 * DAY)).ask('a', live, state);
    expect(asked).toHaveLength(1);
    for (let times = 1; times < 20; times += 1)
      state = await roundAt(instant(times * 7 * HOUR), async () => advice(DAY, 30 * DAY)).ask(
        'a',
        live,
        state,
      );
    expect(asked).toHaveLength(20);
    expect(state?.suggested?.at).toBe(first);
    expect(writes).toBe(1);
  });

  it('takes a window that moved into the past at once', async () => {
    let state = await roundAt(NOW, async () => advice(DAY, 2 * DAY)).ask('a', live, undefined);
    state = await roundAt(instant(7 * HOUR), async () => advice(-2 * DAY, -DAY)).ask('a', live, state);
    expect(Date.parse(state?.suggested?.at ?? '')).toBeLessThan(NOW.getTime());
  });

  it('remembers that the CA has moved a window, and goes on remembering it', async () => {
    let state = await roundAt(NOW, async () => advice(20 * DAY, 30 * DAY)).ask('a', live, undefined);
    expect(stored().suggested).not.toHaveProperty('moved');
    state = await roundAt(instant(DAY), async () => advice(-DAY, DAY)).ask('a', live, state);
    expect(stored().suggested).toMatchObject({ moved: true });
    const explained = advice(-DAY, 3 * DAY, { explanationUrl: 'https://ca.test/why' });
    await roundAt(instant(2 * DAY), async () => explained).ask('a', live, state);
    expect(stored().suggested).toMatchObject({ moved: true, explanationUrl: 'https://ca.test/why' });
  });

  it('keeps what the renewals have written of it meanwhile', async () => {
    const round = roundAt(NOW, async () => {
      await store.put(
        'state/a.json',
        JSON.stringify({ failures: 2, notBefore: instant(HOUR).toISOString() }),
      );
      return advice(DAY, 2 * DAY);
    });
    await round.ask('a', live, undefined);
    expect(stored()).toMatchObject({ failures: 2, notBefore: instant(HOUR).toISOString() });
    expect(stored().suggested.certId).toBe('aki.serial');
  });

  it.each([
    ['a CA that says nothing of renewals', async () => undefined],
    [
      'an answer of no use',
      () => Promise.reject(new InputError('renewal-info-malformed', 'ca.test: no window')),
    ],
    ['a refusal', () => Promise.reject(new AcmeError('acme-malformed', 'no such certificate'))],
  ])('leaves %s for six hours', async (_, answer) => {
    const state = await roundAt(NOW, answer).ask('a', live, undefined);
    expect(state).toBeUndefined();
    expect(store.keys()).toEqual([]);
    expect(memory.askAgain('aki.serial')).toBe(instant(6 * HOUR).toISOString());
  });

  it('keeps the instant that was chosen when the next answer is of no use', async () => {
    const chosen = { certId: 'aki.serial', at: instant(DAY).toISOString() };
    const answer = () => Promise.reject(new InputError('renewal-info-malformed', 'ca.test: no window'));
    const state = await roundAt(NOW, answer).ask('a', live, { failures: 0, suggested: chosen });
    expect(state?.suggested?.at).toBe(chosen.at);
    expect(warnings).toHaveLength(1);
  });

  it('asks again at the next run where the instant could not be written', async () => {
    store.beforeWrite = () => {
      throw new StoreError('store-unavailable', 'could not write state/a.json');
    };
    await roundAt(NOW, async () => advice(DAY, 2 * DAY)).ask('a', live, undefined);
    expect(memory.askAgain('aki.serial')).toBeUndefined();
    expect(warnings).toHaveLength(1);
  });

  it('does not ask a CA that fails three times in one run any more, and blocks nobody', async () => {
    const round = roundAt(NOW, () => Promise.reject(new AcmeError('ca-timeout', 'no answer')));
    for (const name of ['a', 'b', 'c', 'd', 'e'])
      expect(await round.ask(name, live, undefined)).toBeUndefined();
    expect(asked).toHaveLength(3);
    expect(warnings).toHaveLength(3);
    expect(store.keys()).toEqual([]);
  });

  it('does not ask about a certificate of which it is not known who issued it', async () => {
    await roundAt(NOW, async () => advice(0, DAY)).ask('a', { ...live, ca: undefined }, undefined);
    expect(asked).toEqual([]);
  });
});
