import type crypto from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { remembering } from './recent.ts';

const KEPT = 400;

/**
 * Certificates and keys are parsed once: what comes of a text is always the same, and parsing is most of what a renewal costs.
 */
export function rememberParsed(given: typeof crypto): void {
  const module = given as unknown as Record<string, unknown>;
  const { X509Certificate, createPrivateKey, createPublicKey } = given;
  const certificates = remembering(KEPT, (text) => {
    const certificate = new X509Certificate(text);
    const { publicKey } = certificate;
    return Object.defineProperty(certificate, 'publicKey', { value: exportedOnce(publicKey) });
  });
  const keys = remembering(KEPT, (text) => createPrivateKey(text));
  const publicKeys = new WeakMap<KeyObject, KeyObject>();
  module.createPublicKey = (key: KeyObject | string) => {
    if (typeof key === 'string') return createPublicKey(key);
    const known = publicKeys.get(key) ?? exportedOnce(createPublicKey(key));
    publicKeys.set(key, known);
    return known;
  };
  module.createPrivateKey = (key: Parameters<typeof createPrivateKey>[0]) =>
    typeof key === 'string' ? keys(key) : createPrivateKey(key);
  module.X509Certificate = new Proxy(X509Certificate, {
    construct: (target, [text]) => (typeof text === 'string' ? certificates(text) : new target(text)),
  });
}

/** What a public key is exported as is kept with it; it is only ever asked for as DER. */
function exportedOnce(key: KeyObject): KeyObject {
  const exported = key.export.bind(key);
  let der: unknown;
  const once = (options: { format?: string }) => {
    if (options.format !== 'der') return exported(options as Parameters<typeof exported>[0]);
    der ??= exported(options as Parameters<typeof exported>[0]);
    return der;
  };
  return Object.defineProperty(key, 'export', { value: once });
}
