export function isWildcard(name: string): boolean {
  return name.startsWith('*.');
}

/** The ACME identifier of `name`: a wildcard is proved at its base (RFC 8555, 7.1.3). */
export function identifierOf(name: string): string {
  return isWildcard(name) ? name.slice(2) : name;
}

/** Whether `name` is `ancestor` or below it, at a label boundary. */
export function isAtOrBelow(name: string, ancestor: string): boolean {
  return name === ancestor || name.endsWith(`.${ancestor}`);
}

/** `a.b.c` gives `a.b.c`, `b.c`, `c`: the climb of RFC 8659, 3. */
export function selfAndAncestors(name: string): string[] {
  const labels = name.split('.');
  return labels.map((_, index) => labels.slice(index).join('.'));
}

/** RFC 8555, 8.4. */
export function challengeName(name: string): string {
  return `_acme-challenge.${identifierOf(name)}`;
}

/** Whether a certificate that lists `pattern` covers `name` (RFC 6125, 6.4.3: one label for the wildcard). */
export function covers(pattern: string, name: string): boolean {
  if (pattern === name) return true;
  return isWildcard(pattern) && !isWildcard(name) && name.slice(name.indexOf('.') + 1) === pattern.slice(2);
}
