import type * as z from 'zod/mini';
import { HostGroupSettings } from '../../lib/foundation/certificate/host-group.ts';
import { ZoneRoleSettings } from '../../lib/foundation/certificate/zone-role.ts';
import { explainIssues } from '../../lib/foundation/common/explain-issues.ts';
import { mostSimilar } from '../../lib/foundation/common/most-similar.ts';
import { YAML_TYPES } from './yaml-types.ts';

/** The keys of what stands below a setting by a name of the reader's choice. */
const KEYS_BELOW: Readonly<Record<string, readonly string[]>> = {
  hostGroups: Object.keys(HostGroupSettings.shape),
  zoneRoles: Object.keys(ZoneRoleSettings.shape),
};
/** What YAML 1.1 takes for true and false, and YAML 1.2 for text (yaml.org, 1.2.2, 10.2). */
const BOOLEANS: Readonly<Record<string, boolean>> = { yes: true, on: true, y: true, no: false, off: false };

/** What is wrong with the values of settings.yml, in one line, with what YAML wants to have written otherwise. */
export const explainSettings = ({ issues }: z.core.$ZodError): string =>
  issues
    .map((issue) => explainIssues({ issues: [issue] } as z.core.$ZodError, YAML_TYPES) + hintFor(issue))
    .join('; ');

function hintFor(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return similarKeys(issue);
  const [, setting = '', name = ''] = issue.path.map(String);
  if (issue.path.length === 3 && KEYS_BELOW[setting]?.includes(name))
    return ` (indent it to put it below its ${setting === 'hostGroups' ? 'group' : 'role'})`;
  return issue.code === 'invalid_type' ? hintForType(issue) : '';
}

function hintForType({ expected, input, path }: z.core.$ZodIssueInvalidType): string {
  if (expected === 'string' && ['number', 'boolean'].includes(typeof input)) return ', in quotes';
  if (typeof input !== 'string') return '';
  if (expected === 'number' && /^\d+$/.test(input)) return ', without quotes';
  if (expected !== 'boolean') return '';
  if (['true', 'false'].includes(input)) return ', without quotes';
  const meant = path.at(-1) === 'agreeToTerms' || BOOLEANS[input.toLowerCase()];
  return meant === undefined ? '' : `; write ${meant}`;
}

function similarKeys({ keys, path }: z.core.$ZodIssueUnrecognizedKeys): string {
  const known = KEYS_BELOW[String(path[1])] ?? [];
  const similar = keys.map((key) => mostSimilar(key, known)).filter((key) => key !== undefined);
  return similar.length === 0 ? '' : ` (did you mean ${similar.join(', ')}?)`;
}
