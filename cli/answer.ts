/** What a command ends with: a text for people, the same for programs, and whether all is well. */
export interface Answer {
  text: string;
  /** Without its version; `undefined` where it was printed as it came. */
  json: object | undefined;
  /** Exit status 0 or 1; who cannot be asked at all is an error, with 2. */
  ok: boolean;
}

/** What every command takes. */
export interface GlobalOptions {
  stage?: string;
  json?: boolean;
}
