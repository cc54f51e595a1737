import { readDirectory } from './directory.ts';

const DIRECTORY_TIMEOUT_MS = 5_000;

/** Asks CAs for their name in CAA records: the stack's own when one gives none or cannot be asked; `onTrouble` hears why. */
export function caaIdentityReader(
  { caaIdentity: fallback }: { caaIdentity: string | undefined },
  onTrouble: (error: unknown) => void,
): (directoryUrl: string) => Promise<string | undefined> {
  return async (directoryUrl) => {
    try {
      const { caaIdentity } = await readDirectory(directoryUrl, { timeoutMs: DIRECTORY_TIMEOUT_MS });
      return caaIdentity ?? fallback;
    } catch (error) {
      onTrouble(error);
      return fallback;
    }
  };
}
