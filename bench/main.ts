import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SetupError } from '../local/setup/setup-error.ts';
import { PARTS } from './parts.ts';

type Part = keyof typeof PARTS;
/** Measured only when asked for: 200 hosts take twenty minutes. */
const ONLY_ASKED: Part[] = ['groups'];

const isPart = (word: string): word is Part => word in PARTS;

/**
 * `npm run bench`: a renewal and a deployment on this machine, the same renewal by other clients, and what the functions
 * weigh; with words, only those parts; `--quick` leaves out the long comparisons.
 */
async function main(words: string[], quick: boolean): Promise<void> {
  const unknown = words.find((word) => !isPart(word));
  if (unknown)
    throw new SetupError(`there is no "${unknown}" to measure; say ${Object.keys(PARTS).join(', ')}`);
  const file = join(import.meta.dirname, 'results.json');
  const all = (Object.keys(PARTS) as Part[]).filter((part) => !ONLY_ASKED.includes(part));
  const wanted = words.length > 0 ? words.filter(isPart) : all;
  const tables: string[] = [];
  for (const part of wanted) {
    const { figures, table } = await PARTS[part]({ quick });
    const results = { ...JSON.parse(await readFile(file, 'utf8')), ...figures };
    await writeFile(file, `${JSON.stringify(results, null, 2)}\n`);
    tables.push(table);
  }
  console.log(tables.join('\n\n'));
}

try {
  const words = process.argv.slice(2);
  await main(
    words.filter((word) => word !== '--quick'),
    words.includes('--quick'),
  );
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
}
