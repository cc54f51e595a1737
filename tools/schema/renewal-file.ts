import * as z from 'zod/mini';
import { LONGEST_IDENTIFIER } from '../../lib/foundation/certificate/complaint-about-name.ts';
import { RenewalFile } from '../../lib/foundation/certificate/renewal-file.ts';
import { descriptionOf, tableOfKeys } from './table-of-keys.ts';

/**
 * What `complaintAboutName` lets pass: two labels or more, in lower case, a wildcard as the whole leftmost one, "--" in third
 * and fourth place of A-labels only, and a last label that is not all digits. Whether an A-label can be decoded is beyond a
 * pattern.
 */
const A_LABEL = 'xn--[a-z0-9-]{0,58}[a-z0-9]';
const OTHER_LABEL = '(?![a-z0-9-]{2}--)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const LABEL = `(${A_LABEL}|${OTHER_LABEL})`;
const PLAIN = `(?=.{1,${LONGEST_IDENTIFIER}}$)(${LABEL}\\.)+(?![0-9]+$)${LABEL}$`;
const DNS_NAME = { pattern: `^(\\*\\.)?${PLAIN}` };
const PLAIN_NAME = { pattern: `^${PLAIN}` };

/** A part of a JSON Schema, as far as it is looked at here. */
export interface Part extends z.core.JSONSchema.BaseSchema {
  properties?: Record<string, Part>;
  items?: Part;
}

/**
 * The JSON Schema (2020-12) of `renewal/<name>.json`, from the schema that parses it. docs/reference/renewal-file.md says what each
 * key is for: the functions carry no descriptions. What only the deployed stack knows, rules over two keys,
 * and keys that stand twice, are not in it.
 */
export function renewalFileSchema(page: string): Part {
  const { names, serverNames, ca, caa, acm } = RenewalFile.shape;
  const { alsoAllow } = caa._zod.def.innerType.shape;
  // Rules that zod holds as functions.
  const rules = z.registry<Record<string, unknown>>();
  rules.add(names._zod.def.element, DNS_NAME);
  rules.add(serverNames._zod.def.innerType._zod.def.element, PLAIN_NAME);
  for (const list of [
    names,
    alsoAllow._zod.def.innerType,
    ca._zod.def.innerType._zod.def.out,
    acm._zod.def.innerType,
  ])
    rules.add(list, { uniqueItems: true });
  const { '~standard': _, ...schema } = z.toJSONSchema(RenewalFile, { io: 'input', metadata: rules });
  return described(letOneCaStandAlone(schema as Part), page);
}

/** The parser makes a list of a single directory before it looks, which zod cannot say. */
function letOneCaStandAlone({ properties = {}, ...rest }: Part): Part {
  const { ca: list } = properties;
  return { ...rest, properties: { ...properties, ca: { anyOf: [list?.items ?? {}, list ?? {}] } } };
}

function described(schema: Part, page: string): Part {
  const rows = tableOfKeys(page);
  const described = structuredClone(schema);
  for (const [key, part] of keysOf(described)) {
    const row = rows.get(key);
    if (!row) throw new Error(`docs/reference/renewal-file.md has no row for ${key}`);
    part.description = descriptionOf(row);
  }
  return { title: 'A certificate that Perennial looks after', ...described };
}

/** Each key with its part, as in `names`, `caa.mode`, `acm[].region`. */
export function keysOf({ properties = {}, items }: Part, path = ''): [string, Part][] {
  const below = Object.entries(properties).flatMap(([key, part]): [string, Part][] => {
    const at = path ? `${path}.${key}` : key;
    return [[at, part], ...keysOf(part, at)];
  });
  return [...below, ...(items ? keysOf(items, `${path}[]`) : [])];
}
