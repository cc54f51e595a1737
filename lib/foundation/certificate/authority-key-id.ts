import type { X509Certificate } from 'node:crypto';
import { readDer } from './der.ts';

const SEQUENCE = 0x30;
/** `extensions [3] EXPLICIT` of a TBSCertificate (RFC 5280, 4.1). */
const EXTENSIONS = 0xa3;
/** id-ce-authorityKeyIdentifier, 2.5.29.35 (RFC 5280, 4.2.1.1). */
const AUTHORITY_KEY_ID = '551d23';
const KEY_ID = 0x80;

/**
 * The keyIdentifier of a certificate's authority key identifier, which Node's parser does not give; `undefined` where it has
 * none. Throws RangeError where the DER does not fit.
 */
export function authorityKeyId({ raw }: X509Certificate): Buffer | undefined {
  const [tbs] = within(raw, SEQUENCE);
  const extensions = readDer(tbs?.value ?? Buffer.alloc(0)).find(({ tag }) => tag === EXTENSIONS)?.value;
  for (const { value } of within(extensions ?? Buffer.alloc(0), SEQUENCE)) {
    const parts = readDer(value);
    if (parts[0]?.value.toString('hex') === AUTHORITY_KEY_ID)
      return within(parts.at(-1)?.value ?? Buffer.alloc(0), SEQUENCE).find(({ tag }) => tag === KEY_ID)
        ?.value;
  }
  return undefined;
}

/** The elements within the first one, if it has this tag. */
function within(bytes: Buffer, tag: number) {
  const [first] = readDer(bytes);
  return first?.tag === tag ? readDer(first.value) : [];
}
