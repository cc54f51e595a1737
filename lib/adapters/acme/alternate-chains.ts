/** Further chains are ignored. */
const MAX_ALTERNATES = 10;

/** The addresses of a certificate's other chains in a `Link` header (RFC 8555, 7.4.2; RFC 8288, 3), made absolute. */
export function alternatesIn(header: string | undefined, url: string): string[] {
  const targets = (header ?? '').split(/,\s*(?=<)/).map((link) => {
    const [, target = '', parameters = ''] = /^\s*<([^<>]*)>(.*)$/.exec(link) ?? [];
    const isAlternate = /;\s*rel="?alternate"?\s*(;|$)/i.test(parameters);
    return isAlternate ? absolute(target, url) : undefined;
  });
  return [...new Set(targets.filter((target) => target !== undefined))].slice(0, MAX_ALTERNATES);
}

/** `undefined` unless it is an https address at the CA's own host. */
function absolute(target: string, base: string): string | undefined {
  if (!URL.canParse(target, base)) return undefined;
  const { href, protocol, host } = new URL(target, base);
  return protocol === 'https:' && host === new URL(base).host ? href : undefined;
}
