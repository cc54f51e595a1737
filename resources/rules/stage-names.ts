import { printable } from '../../lib/foundation/common/explain-issues.ts';

export const EVERY_STAGE = 'default';
/** Stages that serverless.yml has something for. Any other name may be a stage of the reader's own. */
export const STAGES = ['production', 'staging'];
/** What people call production, whose stage has none of these names. */
const ALMOST_PRODUCTION = ['prod', 'prd', 'live'];

/** The name among `meant` that differs only by case, by one letter, or by two that changed places; not that name itself. */
export function slipOf(name: string, meant: readonly string[]): string | undefined {
  return meant.find((other) => other !== name && isSlip(name.toLowerCase(), other));
}

/**
 * What is wrong with the stage of a deploy: a slip would make a stack of its own that uses the production CA. `known` are the
 * stages that the reader's files have a section for.
 */
export function complaintAboutStage(stage: string, known: readonly string[]): string | undefined {
  if (STAGES.includes(stage) || known.includes(stage)) return undefined;
  const meant = slipOf(stage, STAGES);
  if (meant === undefined) return undefined;
  const name = printable(stage);
  return `the stage "${name}" would be one of its own, with the production CA (did you mean --stage ${meant}?); to keep this name, add a section "${name}: {}" to settings.yml`;
}

/** What is wrong with the name of a section that is probably meant for another stage, or for all. */
export function complaintAboutSection(section: string, sections: readonly string[]): string | undefined {
  const meant = slipOf(section, [EVERY_STAGE, ...STAGES]);
  // As staging2 is.
  if (meant === undefined || sections.includes(meant) || /\d$/.test(section)) return undefined;
  const name = printable(section);
  const keep = `to keep this name, add a section "${meant}: {}" too`;
  return meant === EVERY_STAGE
    ? `"${name}" would be a stage; write "default:" for every stage, or, ${keep}`
    : `"${name}" would be a stage of its own (did you mean ${meant}?); ${keep}`;
}

/** What to tell at a deploy of production, whose settings may stand under another name. */
export function warnOfProduction(stage: string, sections: readonly string[]): string | undefined {
  if (stage !== 'production' || sections.includes(stage)) return undefined;
  const other = sections.find((section) => ALMOST_PRODUCTION.includes(section.toLowerCase()));
  return (
    other &&
    `settings.yml: the section "${other}" does not apply to the stage production, which is deployed now; if it is meant for it, name it "production"`
  );
}

function isSlip(name: string, meant: string): boolean {
  const shorter = Math.min(name.length, meant.length);
  let start = 0;
  while (start < shorter && name[start] === meant[start]) start++;
  let end = 0;
  while (end < shorter - start && name.at(-1 - end) === meant.at(-1 - end)) end++;
  const [given, wanted] = [name.slice(start, name.length - end), meant.slice(start, meant.length - end)];
  return (
    (given.length <= 1 && wanted.length <= 1) ||
    (given.length === 2 && given === [...wanted].reverse().join(''))
  );
}
