interface Found {
  /** What `Ref` of a parameter or resource gives. */
  reference(name: string): string;
  /** What `Fn::GetAtt` gives; `path` is such as `Bucket.Arn`. */
  attribute(path: string): string;
}

/** A value of a template with CloudFormation's functions replaced by what they give. Throws Error on one that is not known here. */
export function resolveFunctions(value: unknown, found: Found): unknown {
  const inner = (one: unknown) => resolveFunctions(one, found);
  if (Array.isArray(value)) return value.map(inner);
  if (typeof value !== 'object' || value === null) return value;
  const [[name, argument] = ['', undefined]] = Object.entries(value);
  switch (name) {
    case 'Ref':
      return found.reference(String(argument));
    case 'Fn::GetAtt':
      return found.attribute([argument].flat().join('.'));
    case 'Fn::Sub':
      return String([argument].flat()[0]).replace(/\$\{([^}]+)\}/g, (_, named: string) =>
        named.includes('.') ? found.attribute(named) : found.reference(named),
      );
    case 'Fn::Join': {
      const [between, parts] = argument as [string, unknown[]];
      return parts.map((part) => String(inner(part))).join(between);
    }
  }
  if (name.startsWith('Fn::')) throw new Error(`${name} is not known here`);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inner(one)]));
}
