import { readDirectory } from './directory.ts';

const DIRECTORY_TIMEOUT_MS = 5_000;

/** A CA's name in CAA records, `fallback` when it gives none or cannot be asked; `onTrouble` hears why. */
export async function readCaaIdentity(
  directoryUrl: string,
  { fallback, onTrouble }: { fallback: string | undefined; onTrouble: (error: unknown) => void },
): Promise<string | undefined> {
  try {
    const { caaIdentity } = await readDirectory(directoryUrl, { timeoutMs: DIRECTORY_TIMEOUT_MS });
    return caaIdentity ?? fallback;
  } catch (error) {
    onTrouble(error);
    return fallback;
  }
}
