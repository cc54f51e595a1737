import { printable } from '../../lib/foundation/common/explain-issues.ts';
import { mostSimilar } from '../../lib/foundation/common/most-similar.ts';

const EVERY_STAGE = 'default';
/** Stages that serverless.yml has something for. Any other name may be a stage of the reader's own. */
const STAGES = ['production', 'staging'];
/** More than a slip of the fingers would make of `stage` a misspelt `staging`. */
const SLIP = 2;

/**
 * What is wrong with the keys of settings.yml, each of which would count for nothing: parameters that stand beside the sections
 * instead of in one, unknown ones, and a section that is probably meant for every stage.
 */
export function complaintAboutKeys(settings: unknown, params: readonly string[]): string | undefined {
  if (!isObject(settings)) return 'has no sections; begin with "default:" and your settings below it';
  for (const [section, values] of Object.entries(settings)) {
    if (params.includes(section)) return `"${section}" stands beside the sections; put it below "default:"`;
    if (section !== EVERY_STAGE && mostSimilar(section.toLowerCase(), [EVERY_STAGE]) !== undefined)
      return `"${printable(section)}" would be a stage; write "default:" for every stage`;
    const stage = misspeltStage(section);
    if (stage !== undefined)
      return `"${printable(section)}" would be a stage of its own (did you mean ${stage}?); a section is named ${[EVERY_STAGE, ...STAGES].join(', ')}, or as a stage that you deploy with --stage`;
    if (!isObject(values)) continue;
    for (const key of Object.keys(values)) {
      if (params.includes(key)) continue;
      const similar = mostSimilar(key, params);
      const meant = similar === undefined ? '' : ` (did you mean ${similar}?)`;
      return `${printable(section)}: unknown key "${printable(key)}"${meant}`;
    }
  }
  const [path] = placesWithVariables(settings);
  return (
    path && `${path}: has a variable, and none is filled in here; write the value, or give it with --param`
  );
}

/** The stage that a section is probably meant for; none where it goes on after its name, as `staging2` and `staging-eu` do. */
function misspeltStage(section: string): string | undefined {
  if (STAGES.some((stage) => section.startsWith(stage))) return undefined;
  return mostSimilar(section.toLowerCase(), STAGES, SLIP);
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
