/** An error that the SSM API answers with; `code` as in its reference. */
export class SsmApiError extends Error {
  override readonly name = 'SsmApiError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
