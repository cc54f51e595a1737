/** The command line's own name, which nobody else's package has; `--no-install` fetches nothing where it is not there. */
const PROGRAM = 'npx --no-install perennial-tls';

/** A command for people to paste, in the project's folder. */
export const commandOf = (words: string, stage: string) => `${PROGRAM} ${words} --stage ${stage}`;
