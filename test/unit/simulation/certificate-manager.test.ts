import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { PrivateKeyPem } from '../../../lib/foundation/certificate/private-key-pem.ts';
import { makeCa, newKey } from '../../fakes/certificates.ts';
import { CertificateManagers, managersFor } from '../../simulation/services/certificate-manager.ts';
import { passingTime, quietWorld } from './quiet-world.ts';

it('the simulated ACM keeps the type of an import’s key', async () => {
  const { scheduler, calls, invocation } = quietWorld();
  const acm = new CertificateManagers();
  const manager = passingTime(managersFor(invocation, { acm, calls })('us-east-1'), scheduler);
  const ca = await makeCa();
  const issue = async (key: PrivateKeyPem) => {
    const at = { notBefore: new Date('2026-11-01'), notAfter: new Date('2027-01-01') };
    return { cert: await ca.issue({ key, names: ['a.example'], ...at }), chain: ca.issuer, key };
  };
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const rsaKey = new PrivateKeyPem(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  const arn = await manager.create('a', await issue(newKey()));
  expect(await manager.replace(arn, await issue(newKey()))).toBe(true);
  await expect(manager.replace(arn, await issue(rsaKey))).rejects.toMatchObject({
    reason: 'acm-refuses-replacement',
  });
});
