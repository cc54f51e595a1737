import { PerennialError } from '../../lib/foundation/common/perennial-error.ts';
import type { STACK } from '../../lib/foundation/reasons/commands.ts';

/** The stack cannot be found, reached or asked. */
export class StackError extends PerennialError<keyof typeof STACK> {
  override readonly name = 'StackError';
}
