import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { PrivateKeyPem } from '../../../lib/foundation/certificate/private-key-pem.ts';
import { makeCa, newKey } from '../../fakes/certificates.ts';
import { Calls } from '../../simulation/engine/calls.ts';
import { Faults } from '../../simulation/engine/faults.ts';
import { Invocation } from '../../simulation/engine/invocation.ts';
import { Streams } from '../../simulation/engine/random.ts';
import { Scheduler } from '../../simulation/engine/scheduler.ts';
import { Trace } from '../../simulation/engine/trace.ts';
import { CertificateManagers, managersFor } from '../../simulation/services/certificate-manager.ts';

it('the simulated ACM keeps the type of an import’s key', async () => {
  const streams = new Streams(1n);
  const scheduler = new Scheduler(Date.parse('2026-11-20T00:00:00Z'));
  const faults = new Faults(streams, { heaviness: 'none' });
  const trace = new Trace(() => scheduler.now);
  const random = streams.of('calls');
  const calls = new Calls({ scheduler, faults, trace, random, isDown: () => false, kill: () => {} });
  const manager = managersFor(new Invocation('acm', 'acm', 0), { acm: new CertificateManagers(), calls })(
    'us-east-1',
  );
  const done = async <T>(call: Promise<T>) => {
    void scheduler.runUntil(scheduler.now + 10_000);
    return call;
  };
  const ca = await makeCa();
  const issue = async (key: PrivateKeyPem) => {
    const at = { notBefore: new Date('2026-11-01'), notAfter: new Date('2027-01-01') };
    return { cert: await ca.issue({ key, names: ['a.example'], ...at }), chain: ca.issuer, key };
  };
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const rsaKey = new PrivateKeyPem(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  const arn = await done(manager.create('a', await issue(newKey())));
  expect(await done(manager.replace(arn, await issue(newKey())))).toBe(true);
  await expect(done(manager.replace(arn, await issue(rsaKey)))).rejects.toMatchObject({
    reason: 'acm-refuses-replacement',
  });
});
