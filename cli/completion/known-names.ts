import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod/mini';
import { orNone } from '../../lib/foundation/common/parse-json.ts';

/** A person who looks for a name has it by then, and one that was added is seen soon. */
const FRESH_MS = 60_000;

const Cached = z.object({ at: z.number(), names: z.array(z.string()) });

/** The file that keeps the names of one stack, as the environment leads to it. */
export function cacheFile(environment: NodeJS.ProcessEnv, stage: string | undefined): string {
  const { XDG_CACHE_HOME, AWS_PROFILE, AWS_REGION, AWS_DEFAULT_REGION, AWS_ENDPOINT_URL, PERENNIAL_STAGE } =
    environment;
  const place = [stage ?? PERENNIAL_STAGE, AWS_PROFILE, AWS_REGION, AWS_DEFAULT_REGION, AWS_ENDPOINT_URL];
  const id = createHash('sha256').update(JSON.stringify(place)).digest('hex').slice(0, 16);
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'perennial-tls', `names-${id}.json`);
}

/**
 * The names of certificates, from the cache while it is fresh, else as `list` has them within `limitMs`; where it has not by
 * then, those of before. Never throws: a shell that completes has nobody to tell.
 */
export async function knownNames(
  file: string,
  list: () => Promise<string[]>,
  { limitMs, now }: { limitMs: number; now: number },
): Promise<string[]> {
  const cached = orNone(await readFile(file, 'utf8').catch(() => undefined), Cached);
  if (cached && Math.abs(now - cached.at) < FRESH_MS) return cached.names;
  const listed = await within(limitMs, list()).catch(() => undefined);
  if (listed === undefined) return cached?.names ?? [];
  await writeWhole(file, JSON.stringify({ at: now, names: listed })).catch(() => undefined);
  return listed;
}

/** `undefined` after the limit. */
async function within<Result>(limitMs: number, result: Promise<Result>): Promise<Result | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs);
  });
  return Promise.race([result, limit]).finally(() => clearTimeout(timer));
}

/** Two shells may complete at once. */
async function writeWhole(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${process.pid}`;
  await writeFile(fresh, text, { mode: 0o600 });
  await rename(fresh, file);
}
