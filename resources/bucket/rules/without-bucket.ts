type Json = string | number | boolean | null | undefined | Json[] | { [key: string]: Json };

export interface Template {
  Resources: Record<string, Json>;
  Outputs?: Record<string, Json>;
}

const ID = 'Bucket';

/** The template with the bucket of that name in the place of the resource `Bucket`. Throws where it cannot stand in. */
export function withoutBucket(template: Template, bucket: string): Template {
  const { [ID]: _, ...Resources } = template.Resources;
  const arn = `arn:\${AWS::Partition}:s3:::${bucket}`;
  const replace = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(replace);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [key, given] = entries.length === 1 ? (entries[0] ?? []) : [];
    if (key === 'Ref' && given === ID) return bucket;
    if (key === 'Fn::GetAtt') {
      const [id, attribute] = Array.isArray(given) ? given : `${given}`.split('.');
      if (id !== ID) return value;
      if (attribute !== 'Arn') throw new Error(`nothing stands in for the bucket's ${attribute}`);
      return { 'Fn::Sub': arn };
    }
    if (key === 'Fn::Sub') return { 'Fn::Sub': substitute(given) };
    return Object.fromEntries(entries.map(([name, one]) => [name, replace(one)]));
  };
  const substitute = (given: Json): Json => {
    if (Array.isArray(given)) return [substitute(given[0]), replace(given[1])];
    const text = `${given}`.replaceAll(`\${${ID}.Arn}`, arn).replaceAll(`\${${ID}}`, bucket);
    if (text.includes(`\${${ID}.`)) throw new Error(`nothing stands in for the bucket in ${text}`);
    return text;
  };
  return {
    ...template,
    Resources: replace(Resources) as Template['Resources'],
    ...(template.Outputs && { Outputs: replace(template.Outputs) as Record<string, Json> }),
  };
}
