import type { Answer, GlobalOptions } from '../answer.ts';
import { type Cell, tableOf } from '../output/table.ts';
import { readChanges } from '../project/change-set.ts';
import type { Change } from '../project/changes.ts';
import { withPackage } from '../project/package-project.ts';
import { findStack } from '../stack/find-stack.ts';

export interface ChangesOptions extends GlobalOptions {
  region?: string;
  param?: string[];
}

/** `perennial-tls changes`: what a deploy would change, by a change set of CloudFormation that is not carried out. */
export async function changes({ stage, region, param }: ChangesOptions): Promise<Answer> {
  const stack = await findStack(stage);
  const found = await withPackage(
    { stage: stack.stage, region: region ?? stack.region, params: param },
    (packed) => readChanges(stack, packed),
  );
  return { ok: true, json: { stack: stack.name, changes: found }, text: changesText(found, stack.name) };
}

/** A table of the changes, the dangerous ones in red, and a line that counts. */
export function changesText(found: readonly Change[], stack: string): string {
  if (found.length === 0) return `a deploy would change nothing of ${stack}`;
  const rows = found.map(({ action, type, id, details, replacement }): Cell[] => [
    action === 'Remove' ? { text: action, colour: 'red' } : action,
    type.replace(/^AWS::/, ''),
    id,
    replacement === 'no'
      ? details.join(', ')
      : { text: `${ANEW[replacement]}: ${details.join(', ')}`, colour: 'red' },
  ]);
  const counted = ['Add', 'Modify', 'Remove'].map(
    (one) => `${found.filter(({ action }) => action === one).length} ${one}`,
  );
  const anew = found.filter(({ replacement }) => replacement !== 'no').length;
  return `${tableOf(['action', 'type', 'resource', 'what differs'], rows)}\n${stack}: ${counted.join(', ')}; made anew: ${anew}. Nothing was changed`;
}

const ANEW = { yes: 'made anew', maybe: 'perhaps made anew' } as const;
