import { readDirectory } from './directory.ts';

const DIRECTORY_TIMEOUT_MS = 5_000;

/** Asks CAs for their CAA identity. The stack's is the fallback; `onTrouble` hears why a CA could not be asked. */
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
