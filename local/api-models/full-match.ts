const compiled = new Map<string, RegExp>();

/**
 * Whether all of a text matches a model's pattern: AWS takes them so, also where they have no `^` and `$`. Patterns are Java's.
 * Throws SyntaxError for one that JavaScript cannot read.
 */
export function fullMatch(pattern: string, text: string): boolean {
  const expression = compiled.get(pattern) ?? compile(pattern);
  compiled.set(pattern, expression);
  return expression.test(text);
}

function compile(pattern: string): RegExp {
  const [all, flags = '', source = ''] = /^(?:\(\?([is]+)\))?(.*)$/s.exec(pattern) ?? [];
  const whole = `^(?:${all === undefined ? pattern : source})$`;
  try {
    return new RegExp(whole, `u${flags}`);
  } catch {
    // Without `u` more is read, such as escapes that are none.
    return new RegExp(whole, flags);
  }
}
