/** What a person gave us cannot be used. The message is one line: what, where, what to do. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly reason: string;

  /** `reason` is a kebab-case literal that scripts can match. */
  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}
