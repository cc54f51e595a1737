import { X509Certificate } from 'node:crypto';
import {
  type CertificateManager,
  CertificateManagerError,
} from '../../../lib/delivery/acm/certificate-manager.ts';
import { sha256 } from '../../../lib/foundation/certificate/leaf.ts';
import type { Calls } from '../engine/calls.ts';
import type { Invocation } from '../engine/invocation.ts';

interface Imported {
  name: string;
  kind: string;
  /** Of the leaf's PEM. */
  hash: string;
}

/** ACM of all regions, by ARN. */
export class CertificateManagers {
  readonly imports = new Map<string, Imported>();
  /** Regions that refuse, and why. */
  readonly refusing = new Map<string, CertificateManagerError['reason']>();
  /** When somebody deleted the import of a certificate in a region, by both. */
  readonly deletedAt = new Map<string, number>();
  made = 0;

  /** Somebody deletes an import. */
  delete(arn: string, now: number): void {
    const { name = '' } = this.imports.get(arn) ?? {};
    const [, , , region = ''] = arn.split(':');
    this.deletedAt.set(`${region} ${name}`, now);
    this.imports.delete(arn);
  }

  /** The ARN of a certificate's import in a region. */
  find(region: string, name: string): string | undefined {
    const prefix = `arn:aws:acm:${region}:`;
    return [...this.imports].find(([arn, one]) => arn.startsWith(prefix) && one.name === name)?.[0];
  }
}

/** ACM of a region as one run of a function has it. */
export function managersFor(
  invocation: Invocation,
  { acm, calls }: { acm: CertificateManagers; calls: Calls },
): (region: string) => CertificateManager {
  return (region) => {
    const prefix = `arn:aws:acm:${region}:123456789012:certificate/`;
    const ask = <T>(what: string, effect: () => T) =>
      calls.make(invocation, {
        port: 'acm',
        what: `acm ${region} ${what}`,
        effect: () => {
          const refused = acm.refusing.get(region);
          if (refused) throw new CertificateManagerError(refused, `ACM in ${region} refuses: ${refused}`);
          return effect();
        },
        trouble: () => new CertificateManagerError('acm-unavailable', `ACM in ${region} does not answer`),
        latencyMs: 80,
      });
    return {
      find: ({ name }) => ask(`find ${name}`, () => acm.find(region, name)),
      create: (name, { cert }) =>
        ask(`import ${name}`, () => {
          acm.made += 1;
          const arn = `${prefix}${acm.made}`;
          acm.imports.set(arn, { name, kind: kindOf(cert), hash: sha256(cert) });
          return arn;
        }),
      replace: (arn, { cert }) =>
        ask(`import over ${arn}`, () => {
          const known = acm.imports.get(arn);
          if (known && known.kind !== kindOf(cert))
            throw new CertificateManagerError('acm-refuses-replacement', {
              seen: 'the imported certificate must have the key type and size of the one before',
            });
          if (known) acm.imports.set(arn, { ...known, hash: sha256(cert) });
          return known !== undefined;
        }),
    };
  };
}

/** What ACM keeps of an import: the type and size of its key. */
function kindOf(cert: string): string {
  const { asymmetricKeyType, asymmetricKeyDetails: details } = new X509Certificate(cert).publicKey;
  return `${asymmetricKeyType} ${details?.namedCurve ?? details?.modulusLength}`;
}
