/** The value of an `issue` or `issuewild` property (RFC 8659, 4.2). */
export interface IssueValue {
  /** The issuer domain name in lower case; empty when it names nobody. */
  issuer: string;
  /** In the value's order; tags in lower case. */
  parameters: readonly (readonly [tag: string, value: string])[];
  /** A CA treats a value that is not as one that names nobody, whatever it begins with. */
  isWellFormed: boolean;
}

const ISSUER = /^([a-z0-9]+(-+[a-z0-9]+)*(\.[a-z0-9]+(-+[a-z0-9]+)*)*)?$/i;
const PARAMETER = /^([a-z0-9]+(?:-+[a-z0-9]+)*)[ \t]*=[ \t]*([\x21-\x3a\x3c-\x7e]*)$/i;
/** RFC 8657. A CA decides by itself what others mean. */
const KNOWN_PARAMETERS = ['accounturi', 'validationmethods'];

export function parseIssueValue(text: string): IssueValue {
  const [first = '', ...rest] = text.split(';').map((part) => part.replace(/^[ \t]+|[ \t]+$/g, ''));
  const issuer = first.toLowerCase();
  // A semicolon may stand without a parameter after it.
  const read = rest.length === 1 && rest[0] === '' ? [] : rest.map((part) => PARAMETER.exec(part));
  const parameters = read.flatMap((match) =>
    match ? [[(match[1] ?? '').toLowerCase(), match[2] ?? ''] as const] : [],
  );
  return { issuer, parameters, isWellFormed: ISSUER.test(first) && parameters.length === read.length };
}

/** Whether it asks for something that nobody but its CA can judge, or that cannot be read. */
export function isOpaque({ parameters, isWellFormed }: IssueValue): boolean {
  return !isWellFormed || parameters.some(([tag]) => !KNOWN_PARAMETERS.includes(tag));
}

/**
 * Whether an account and a method meet the parameters that RFC 8657 has. An account that is not known yet counts as the right
 * one. A parameter that is there twice is met by nobody (3 and 4).
 */
export function isMet(
  { parameters, isWellFormed }: IssueValue,
  { accountUri, method }: { accountUri?: string | undefined; method: string },
): boolean {
  const valuesOf = (tag: string) => parameters.flatMap(([name, value]) => (name === tag ? [value] : []));
  const meets = (tag: string, test: (value: string) => boolean) => {
    const [value, ...others] = valuesOf(tag);
    return value === undefined || (others.length === 0 && test(value));
  };
  return (
    isWellFormed &&
    meets('validationmethods', (methods) => methods.split(',').includes(method)) &&
    meets('accounturi', (uri) => accountUri === undefined || uri === accountUri)
  );
}
