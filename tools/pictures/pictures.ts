import { drawLine } from './draw-line.ts';
import { drawTerminal } from './draw-terminal.ts';

/** README's pictures by file name; `printed` is a whole run of the demo. */
export function picturesOf(printed: string): Record<'line.svg' | 'demo.svg', string> {
  const lines = printed.trimEnd().split('\n');
  const from = lines.findIndex((line) => /^│ host /.test(line)) - 1;
  return {
    'line.svg': drawLine(),
    'demo.svg': drawTerminal('The end of a run of the demo', lines.slice(from)),
  };
}
