/** Something the local cloud needs is missing and cannot be installed from here; the message is one line that says how to get it. */
export class SetupError extends Error {
  override name = 'SetupError';

  constructor(message: string, options?: ErrorOptions) {
    super(message.trim().replace(/\s*\n\s*/g, ' | '), options);
  }
}
