import { printable } from '../../lib/foundation/common/explain-issues.ts';
import { mostSimilar } from '../../lib/foundation/common/most-similar.ts';
import { complaintAboutSection, EVERY_STAGE, STAGES } from './stage-names.ts';

/** Settings that are mappings themselves, so that a section of that name cannot be told from the setting. */
const MAPPINGS = ['hostGroups', 'hostRoles', 'tags', 'zoneRoles'];
/** What sections stand in elsewhere: serverless.yml and the Serverless Dashboard. */
const WRAPPERS = ['params', 'stages'];
/** What is no setting, and where it is given. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  region: 'the region is given by --region or AWS_REGION',
  stage: 'the stage is given by --stage',
};

/**
 * What is wrong with the keys of settings.yml, each of which would count for nothing: parameters that stand beside the sections
 * instead of in one, unknown ones, and a section that is probably meant for another stage. `deployed` is a stage whose name is
 * not in doubt.
 */
export function complaintAboutKeys(
  settings: unknown,
  params: readonly string[],
  deployed?: string,
): string | undefined {
  if (!isObject(settings)) return 'has no sections; begin with "default:" and your settings below it';
  const names = Object.keys(settings);
  const complaints = Object.entries(settings).flatMap(([section, values]) => {
    const inName = section === deployed ? undefined : complaintAboutName(section, values, names, params);
    return inName === undefined ? unknownKeys(section, values, params) : [inName];
  });
  if (complaints.length > 0) return complaints.join('; ');
  const [path] = placesWithVariables(settings);
  return (
    path && `${path}: has a variable, and none is filled in here; write the value, or give it with --param`
  );
}

function complaintAboutName(
  section: string,
  values: unknown,
  names: readonly string[],
  params: readonly string[],
): string | undefined {
  if (params.includes(section)) {
    const isMapping = MAPPINGS.includes(section);
    if (isObject(values) && !isMapping) return undefined;
    const keep = isMapping
      ? 'keep its section in a file of its own, which PERENNIAL_SETTINGS names'
      : 'write its settings below it';
    return `"${section}" stands beside the sections; put it below "default:", indented (to keep this name for a stage, ${keep})`;
  }
  if (Object.hasOwn(ELSEWHERE, section) && !isObject(values)) return `"${section}": ${ELSEWHERE[section]}`;
  if (WRAPPERS.includes(section) && isObject(values) && Object.values(values).some(isObject))
    return `leave out "${section}:"; sections stand at the left margin`;
  return complaintAboutSection(section, names);
}

function unknownKeys(section: string, values: unknown, params: readonly string[]): string[] {
  if (!isObject(values)) return [];
  const keys = Object.entries(values);
  return keys.flatMap(([key], index) => {
    if (params.includes(key)) return [];
    const [before, valueBefore] = keys[index - 1] ?? [];
    const parent = before !== undefined && valueBefore === null ? before : undefined;
    return [`${printable(section)}: unknown key "${printable(key)}"${hintFor(key, parent, params)}`];
  });
}

/** What an unknown key is probably meant as. `parent` stands before it, and is empty. */
function hintFor(key: string, parent: string | undefined, params: readonly string[]): string {
  if ([EVERY_STAGE, ...STAGES].includes(key)) return ' (a section; move it to the left margin)';
  if (Object.hasOwn(ELSEWHERE, key)) return ` (${ELSEWHERE[key]})`;
  if (parent !== undefined && params.includes(parent)) return ` (indent it to put it below ${parent})`;
  const similar = mostSimilar(key, params);
  return similar === undefined ? '' : ` (did you mean ${similar}?)`;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Where Serverless would fill something in, were it in serverless.yml. */
function placesWithVariables(value: unknown, path = ''): string[] {
  if (typeof value === 'string') return value.includes('${') ? [path] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) =>
    placesWithVariables(one, path === '' ? printable(key) : `${path}.${printable(key)}`),
  );
}
