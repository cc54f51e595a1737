import type crypto from 'node:crypto';

const KEPT = 400;

/**
 * Certificates and keys are parsed once: what comes of a text is always the same, and parsing is most of what a renewal costs.
 */
export function rememberParsed(given: typeof crypto): void {
  const module = given as unknown as Record<string, unknown>;
  const { X509Certificate, createPrivateKey } = given;
  const certificates = remembering((text: string) => new X509Certificate(text));
  const keys = remembering((text: string) => createPrivateKey(text));
  module.createPrivateKey = (key: Parameters<typeof createPrivateKey>[0]) =>
    typeof key === 'string' ? keys(key) : createPrivateKey(key);
  module.X509Certificate = new Proxy(X509Certificate, {
    construct: (target, [text]) => (typeof text === 'string' ? certificates(text) : new target(text)),
  });
}

function remembering<T>(parse: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const parsed = parse(text);
    if (known.size >= KEPT) known.delete(known.keys().next().value ?? '');
    known.set(text, parsed);
    return parsed;
  };
}
