/** What YAML calls the types of JSON (yaml.org, 1.2.2, 2.1), by zod's names for them. */
export const YAML_TYPES: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  number: 'a number',
  object: 'a mapping (key: value)',
  record: 'a mapping (key: value)',
  string: 'text',
};
