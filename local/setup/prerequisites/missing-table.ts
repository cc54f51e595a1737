import Table from 'cli-table3';
import { SetupError } from '../setup-error.ts';
import type { MachineFacts } from './facts.ts';
import { findMissing, type Missing } from './find-missing.ts';
import { howToInstall } from './install-command.ts';

/** Several things that the local cloud needs are missing; the message is a table of all of them, and how to get them. */
export class MissingError extends SetupError {
  override name = 'MissingError';

  constructor(missing: readonly Missing[], facts: MachineFacts) {
    super('something is missing');
    this.message = missingText(missing, facts);
  }
}

/** Throws MissingError where something is missing that the set-up cannot bring itself. */
export function refuseMissing(facts: MachineFacts): void {
  const missing = findMissing(facts);
  if (missing.length > 0) throw new MissingError(missing, facts);
}

export function missingText(missing: readonly Missing[], facts: MachineFacts): string {
  const table = new Table({
    head: ['missing', 'needed for', 'what was seen'],
    colWidths: [24, 24, 50],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const { what, use, seen } of missing) table.push([what, use, seen]);
  const wanted = missing.flatMap((one) => one.wanted ?? []);
  const isOfHosts = missing.some(({ use }) => use === 'the hosts');
  return [
    `${missing.length === 1 ? 'one thing is' : `${missing.length} things are`} missing, and nothing was installed:`,
    table.toString(),
    ...howToInstall(wanted, facts),
    ...(isOfHosts ? ['Without hosts: npm run demo -- --no-hosts'] : []),
  ].join('\n');
}
