export type StackReason =
  | 'no-stack'
  | 'several-stacks'
  | 'half-deployed'
  | 'access-denied'
  | 'not-reached'
  | 'function-failed';

/** The stack cannot be found, reached or asked. The message is one line with what to do. */
export class StackError extends Error {
  override readonly name = 'StackError';
  readonly reason: StackReason;

  constructor(reason: StackReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
