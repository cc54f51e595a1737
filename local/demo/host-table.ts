import Table from 'cli-table3';
import { FOLLOWED, type HostState } from './host-states.ts';

/** What happened between two looks at the hosts. */
export interface Chapter {
  title: string;
  before: readonly HostState[];
  after: readonly HostState[];
}

/** The chapters as a table for the terminal. */
export function hostTableOf(chapters: readonly Chapter[]): string {
  const table = new Table({
    head: ['host', `live/${FOLLOWED} →`, 'serves', 'what the host said'],
    colWidths: [22, 27, 18, 46],
    wordWrap: true,
    style: { head: [], border: [] },
  });
  for (const { title, before, after } of chapters) {
    table.push([{ colSpan: 4, content: title }]);
    for (const [index, state] of after.entries()) {
      const earlier = before[index] ?? state;
      table.push([
        state.id,
        changed(earlier.version, state.version),
        changed(earlier.served.slice(0, 16), state.served.slice(0, 16)),
        state.commandId === earlier.commandId ? 'nothing: it was not told to do anything' : state.words,
      ]);
    }
  }
  return table.toString();
}

function changed(before: string, after: string): string {
  return before === after ? `${after}\n(as before)` : after;
}
