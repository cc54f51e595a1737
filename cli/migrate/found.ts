import type { PrivateKeyPem } from '../../lib/foundation/certificate/private-key-pem.ts';

export type Program = 'certbot' | 'lego' | 'acme.sh' | 'dehydrated';

/** A certificate as another program left it in its folder. */
export interface FoundLineage {
  /** As that program calls it, made a lineage name where it can be. */
  name: string;
  /** Leaf and issuers in PEM. */
  fullchain: string;
  key: PrivateKeyPem;
  /** The ACME directory it came from, where the folder tells. */
  directoryUrl?: string | undefined;
  profile?: string | undefined;
  renewBeforeDays?: number | undefined;
  reuseKey?: true | undefined;
  /** What is set for it there and cannot be carried over, a line each. */
  notCarried: string[];
}

/** A folder of one of the programs. */
export interface FoundFolder {
  program: Program;
  lineages: FoundLineage[];
  /** Certificates whose files cannot be read, and why. */
  unreadable: { name: string; message: string }[];
  /** What concerns all of them and cannot be carried over. */
  notCarried: string[];
}

/** `*.example.com`, which the programs also write as `_.example.com`, is no lineage name. */
export const lineageNameOf = (name: string) => name.toLowerCase().replace(/^[*_]\./, 'wildcard.');
