import { expect, it } from 'vitest';
import { revokedKey } from '../../../lib/foundation/certificate/object-keys.ts';
import type { PrivateKeyPem } from '../../../lib/foundation/certificate/private-key-pem.ts';
import { keyFingerprint } from '../../../lib/foundation/certificate/verify-issued.ts';
import { Breaches } from '../../simulation/checks/broken.ts';
import { checkCas } from '../../simulation/checks/ca-checks.ts';
import { Opportunities } from '../../simulation/checks/opportunities.ts';
import { DAY, HOUR } from '../../simulation/engine/durations.ts';
import { Invocation } from '../../simulation/engine/invocation.ts';
import { Random } from '../../simulation/engine/random.ts';
import { newEcKey } from '../../simulation/keys/private-keys.ts';
import type { IssuedCertificate, KeptOrder } from '../../simulation/services/ca-records.ts';
import { World } from '../../simulation/world/world.ts';

const START = Date.parse('2026-11-20T00:00:00Z');
const KEY = 'c'.repeat(64);
const ACCOUNT = 'https://ca.test/acct/1';
const ISSUED: IssuedCertificate = {
  serial: '03',
  certId: 'one',
  names: ['s1.alpha.com'],
  profile: undefined,
  notBefore: START,
  notAfter: START + 90 * DAY,
  keyFingerprint: KEY,
  account: ACCOUNT,
  fullchain: 'a chain',
  otherChain: 'another chain',
  issuedAt: START + 3 * DAY,
  timesSpoilt: 0,
};
const REVOCATION = {
  version: '20261101T000000Z-000001',
  serial: '02',
  keyFingerprint: KEY,
  reason: 'keyCompromise',
  askedAt: '2026-11-23T00:00:00Z',
};

function calmWorld() {
  const world = new World({ seed: 1n, start: START, heaviness: 'none' });
  const breaches = new Breaches(world.trace, () => world.scheduler.now);
  checkCas({ world, breaches, opportunities: new Opportunities(world) });
  world.write('cert1', { names: ['s1.alpha.com'] });
  return { world, breaches };
}

it.each([
  ['is no breach where its CA lost the account before the next try', ACCOUNT, []],
  ['is one where its CA lost another account', 'https://ca.test/acct/2', ['issued-in-vain']],
])('a certificate that never becomes live %s', async (_, account, broken) => {
  const { world, breaches } = calmWorld();
  await world.scheduler.runUntil(START + 3 * DAY);
  const [ca] = world.cas;
  for (const hear of ca?.onIssued ?? []) hear(ISSUED);
  ca?.lost.add(account);
  await world.scheduler.runUntil(START + 6 * DAY);
  expect([...breaches.first.keys()]).toEqual(broken);
});

const ORDER: KeptOrder = {
  url: 'https://ca.test/order/1',
  account: ACCOUNT,
  names: ISSUED.names,
  profile: undefined,
  status: 'valid',
  authorizations: [],
  expires: START + 10 * DAY,
  replaces: undefined,
  isExempt: false,
  isPoisoned: false,
  isStuck: false,
  wrong: [],
};
const CLAIM = {
  owner: 'renew-1',
  leaseSeconds: 0,
  order: { url: ORDER.url, key: 'a key', request: 'what is wanted' },
};

it.each([
  ['is no breach where somebody spoilt the record of its order', '{"owner":', []],
  ['is one where somebody changed something else of it', { ...CLAIM, owner: '' }, ['issued-in-vain']],
])('a certificate that never becomes live %s', async (_, spoilt, broken) => {
  const { world, breaches } = calmWorld();
  await world.scheduler.runUntil(START + 3 * DAY);
  const [ca] = world.cas;
  ca?.orders.set(ORDER.url, { ...ORDER, issued: ISSUED });
  for (const hear of ca?.onIssued ?? []) hear(ISSUED);
  world.bucket.put('pending/cert1.json', JSON.stringify(CLAIM), 'renew');
  const body = typeof spoilt === 'string' ? spoilt : JSON.stringify(spoilt);
  world.bucket.put('pending/cert1.json', body, 'somebody');
  await world.scheduler.runUntil(START + 6 * DAY);
  expect([...breaches.first.keys()]).toEqual(broken);
});

it.each([
  ['is no breach where people said that its key is compromised, and that was written down', true, true, []],
  ['is one where nobody said so', false, true, ['issued-in-vain']],
  ['is one where it was not written down', true, false, ['issued-in-vain']],
])('a certificate that never becomes live %s', async (_, isSaid, isWritten, broken) => {
  const { world, breaches } = calmWorld();
  await world.scheduler.runUntil(START + 3 * DAY);
  for (const hear of world.cas[0]?.onIssued ?? []) hear(ISSUED);
  if (isSaid) world.saidCompromised.add(KEY);
  if (isWritten) world.bucket.put(revokedKey('cert1'), JSON.stringify({ versions: [REVOCATION] }), 'revoke');
  await world.scheduler.runUntil(START + 6 * DAY);
  expect([...breaches.first.keys()]).toEqual(broken);
});

it.each([
  ['is no breach where its CA failed when it sent that as something else', 2 * HOUR, []],
  ['is one where its CA failed long after', 6 * HOUR, ['issued-in-vain']],
])('a certificate in whose place another CA was asked %s', async (_, after, broken) => {
  const { world, breaches } = calmWorld();
  const [ca, other] = world.cas;
  const issued = { ...ISSUED, spoiltAt: ISSUED.issuedAt + 2 * HOUR, timesSpoilt: 1 };
  other?.orders.set(ORDER.url, { ...ORDER, expires: ISSUED.issuedAt + 20 * DAY });
  await world.scheduler.runUntil(ISSUED.issuedAt);
  for (const hear of ca?.onIssued ?? []) hear(issued);
  await world.scheduler.runUntil(ISSUED.issuedAt + after);
  const renew = new Invocation('renew-1', 'renew', 0);
  renew.hits.push('ca.fails');
  const run = { functionName: 'renew', limitMs: 1, step: async () => {}, ended: () => {} } as const;
  for (const hear of world.lambda.onEnd)
    hear({ how: 'ended', answer: [] }, renew, { ...run, about: '{"name":"cert1"}' });
  await world.scheduler.runUntil(START + 7 * DAY);
  expect([...breaches.first.keys()]).toEqual(broken);
});

const [FIRST, SECOND] = [1n, 2n].map((seed) => newEcKey('ecdsa-p256', new Random(seed, 'keys')));
const TWIN = { names: [...ISSUED.names], key: 'rsa-2048' };

it.each([
  ['is no breach where it was for a twin that people had taken out', SECOND, 1.25, 'cert2', []],
  ['is one where it was for the certificate that is left', FIRST, 1.25, 'cert2', ['issued-in-vain']],
  ['is no breach where people had changed what it was for', SECOND, 1.25, undefined, []],
  ['is one where they had changed its twin', FIRST, 0.5, undefined, ['issued-in-vain']],
])('a certificate that its CA issues hours later %s', async (_, key, hours, takenOut, broken) => {
  const { world, breaches } = calmWorld();
  world.write('cert2', TWIN);
  const [ca] = world.cas;
  const ordered = [FIRST, SECOND].map((one, index) => ({ key: one, name: `cert${index + 1}` }));
  for (const { key: recorded, name } of ordered)
    world.bucket.put(
      `pending/${name}.json`,
      JSON.stringify({ ...CLAIM, order: { ...CLAIM.order, key: recorded?.reveal() } }),
      'renew',
    );
  const issued = { ...ISSUED, keyFingerprint: keyFingerprint(key as PrivateKeyPem) };
  ca?.orders.set(ORDER.url, { ...ORDER, finalizedAt: issued.issuedAt - 1.5 * HOUR, issued });
  await world.scheduler.runUntil(issued.issuedAt - hours * HOUR);
  if (takenOut) world.forget(takenOut);
  else world.write('cert2', { ...TWIN, key: 'ecdsa-p384' });
  await world.scheduler.runUntil(issued.issuedAt);
  for (const hear of ca?.onIssued ?? []) hear(issued);
  await world.scheduler.runUntil(START + 6 * DAY);
  expect([...breaches.first.keys()]).toEqual(broken);
});
