import { expect, it } from 'vitest';
import { nodeRuntime } from '../../../lib/adapters/node/runtime.ts';
import type { LivePointer } from '../../../lib/foundation/certificate/live-pointer.ts';
import { PrivateKeyPem } from '../../../lib/foundation/certificate/private-key-pem.ts';
import type { Wanted } from '../../../lib/foundation/certificate/renewal-file.ts';
import { fingerprintOf, openOrder, requestOf } from '../../../lib/issuance/renewal/rules/open-order.ts';
import { pointerOf } from '../../fakes/pointers.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const DAY = 86_400_000;
const ca = 'https://ca.test/directory';
const key = await nodeRuntime.newKey('ecdsa-p256');
const fingerprint = fingerprintOf(key) ?? '';
const wanted: Wanted = {
  ...{ name: 'shop', names: ['b.test', 'a.test'], key: 'ecdsa-p256', hosts: [], serverNames: [] },
  caa: { mode: 'off', restrict: false },
};
const live = (more: Partial<LivePointer> = {}) => pointerOf(NOW, 90, { version: 'v1', ...more });

it.each<[string, Partial<Wanted>, LivePointer | undefined, unknown[]]>([
  ['names in any order, and type of key', {}, live(), [ca, ['a.test', 'b.test'], 'ecdsa-p256', null]],
  ['profile', { profile: 'tlsserver' }, live(), [ca, ['a.test', 'b.test'], 'ecdsa-p256', 'tlsserver']],
  [
    'version that it replaces, where a key is used again',
    { reuseKey: true },
    live(),
    [ca, ['a.test', 'b.test'], 'ecdsa-p256', null, 'v1'],
  ],
  [
    'nothing that it replaces, where there is none',
    { reuseKey: true },
    undefined,
    [ca, ['a.test', 'b.test'], 'ecdsa-p256', null, null],
  ],
])('an order is for its CA, %s', (_, more, pointer, request) => {
  expect(requestOf({ ca, wanted: { ...wanted, ...more }, live: pointer })).toBe(JSON.stringify(request));
  expect(wanted.names).toEqual(['b.test', 'a.test']);
});

const at = (ms: number) => ({ at: new Date(NOW.getTime() + ms).toISOString() });
const revoked = {
  ...{ version: 'v0', serial: '0a', keyFingerprint: fingerprint, askedAt: NOW.toISOString() },
};
const of = (
  recorded: object = {},
  { revocations = [], ...subject }: Partial<Parameters<typeof openOrder>[1]> = {},
) => {
  const about = { ca, wanted, live: live(), ...subject };
  const order = { url: 'https://ca.test/order/1', key: key.reveal(), request: requestOf(about), ...at(0) };
  return openOrder({ ...order, ...recorded }, { ...about, revocations, now: NOW });
};

it.each<[boolean, string, Parameters<typeof of>]>([
  [true, 'where all is as it was', []],
  [true, 'that is seven days old', [at(-7 * DAY)]],
  [false, 'that is older', [at(-7 * DAY - 1)]],
  [true, 'by a clock that is ahead', [at(7 * DAY)]],
  [false, 'of which the instant cannot be meant', [at(7 * DAY + 1)]],
  [true, 'whose age an older release did not record', [{ at: undefined }]],
  [false, 'for something else', [{ request: '[]' }]],
  [false, 'whose key is damaged', [{ key: 'damaged' }]],
  [false, 'whose key is compromised', [{}, { revocations: [{ ...revoked, reason: 'keyCompromise' }] }]],
  [
    true,
    'whose key is that of a version revoked otherwise',
    [{}, { revocations: [{ ...revoked, reason: 'superseded' }] }],
  ],
  [false, 'whose certificate is live already', [{}, { live: live({ keyFingerprint: fingerprint }) }]],
  [
    true,
    'whose key is the live one, where it is used again',
    [{}, { live: live({ keyFingerprint: fingerprint }), wanted: { ...wanted, reuseKey: true } }],
  ],
  [true, 'of a first certificate', [{}, { live: undefined }]],
])('is resumed or not (%s): an order %s', (isOpen, _, args) => {
  expect(of(...args)?.url).toBe(isOpen ? 'https://ca.test/order/1' : undefined);
});

it('an order is resumed by its key, and none where none is recorded', () => {
  expect(of()?.key.reveal()).toBe(key.reveal());
  expect(openOrder(undefined, { ca, wanted, live: live(), revocations: [], now: NOW })).toBeUndefined();
  expect(fingerprintOf(new PrivateKeyPem('damaged'))).toBeUndefined();
});
