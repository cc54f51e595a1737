/** The option of every command that follows what it started. */
export const LIMIT = ['--limit <seconds>', 'follow it no longer than this', '600'] as const;
