import { PerennialError } from '../../lib/foundation/common/perennial-error.ts';

type StackReason =
  | 'no-region'
  | 'no-stack'
  | 'several-stacks'
  | 'half-deployed'
  | 'newer-release'
  | 'access-denied'
  | 'not-reached'
  | 'function-failed';

/** The stack cannot be found, reached or asked. */
export class StackError extends PerennialError<StackReason> {
  override readonly name = 'StackError';
}
