import type { Diagnosis, Finding } from '../../lib/reporting/doctor/rules/finding.ts';
import type { Answer, GlobalOptions } from '../answer.ts';
import { type Cell, tableOf } from '../output/table.ts';
import { findStack } from '../stack/find-stack.ts';
import { invoke } from '../stack/functions.ts';
import { openBucket } from '../stack/open-bucket.ts';
import { suggestionsFor } from '../stack/similar-name.ts';

const COLOURS = { ok: 'green', warning: 'yellow', failing: 'red' } as const;

/** `perennial-tls doctor`: what would stop a renewal or a deployment; changes nothing. */
export async function doctor(names: string[], { stage }: GlobalOptions): Promise<Answer> {
  const stack = await findStack(stage);
  const diagnosis = await invoke<Diagnosis>(stack, 'doctor', { names: names.length > 0 ? names : '*' });
  const answer = answerOf(diagnosis);
  if (answer.ok) return answer;
  const meant = await suggestionsFor(openBucket(stack), names);
  return { ...answer, text: [answer.text, ...meant].join('\n') };
}

export const answerOf = (diagnosis: Diagnosis): Answer => ({
  ok: diagnosis.counts.failing === 0,
  json: diagnosis,
  text: diagnosisText(diagnosis),
});

/** A table of what is not well, and a line that counts; a certificate that is all well has one row. */
export function diagnosisText({ findings, counts, certificates, left }: Diagnosis, width?: number): string {
  const last = `doctor: ${certificates} certificate${certificates === 1 ? '' : 's'}, ${counts.ok} ok, ${counts.warning} warning, ${counts.failing} failing`;
  if (findings.length === 0) return `no renewal files yet\n${last}`;
  const names = [...new Set(findings.map(({ certificate }) => certificate))];
  const rows = names.flatMap((name) =>
    rowsOf(
      name,
      findings.filter(({ certificate }) => certificate === name),
    ),
  );
  const more = left ? `${left} more are ok, or found no room here: name certificates to see theirs\n` : '';
  return `${tableOf(['certificate', 'check', 'status', 'seen', 'what to do'], rows, width)}\n${more}${last}`;
}

function rowsOf(name: string, findings: readonly Finding[]): Cell[][] {
  const troubles = findings.filter(({ status }) => status !== 'ok');
  if (troubles.length === 0) return [[name, 'all', coloured('ok'), `${findings.length} checks`, '']];
  return troubles.map(({ check, status, seen, remedy }) => [name, check, coloured(status), seen, remedy]);
}

const coloured = (status: Finding['status']): Cell => ({ text: status, colour: COLOURS[status] });
