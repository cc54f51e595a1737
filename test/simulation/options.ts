import { parseArgs } from 'node:util';
import type { Heaviness } from './engine/faults.ts';

export interface Options {
  years: number;
  certificates: number;
  /** One after the other, from the first on. */
  seeds: bigint[];
  heaviness: Heaviness;
  until: number | undefined;
  showsTrace: boolean;
  /** Runs each seed once only, without comparing. */
  once: boolean;
  /** Ends with the first seed that breaks something. */
  stops: boolean;
  /** Looks for the fewest faults with which each check still fails. */
  shrinks: boolean;
  /** The SVG file that the last seed is drawn into. */
  picture: string | undefined;
}

export const USAGE =
  'npm run simulate -- [--years 10] [--certificates 20] [--seeds 50 | --seed S] [--first 1] [--except S,S] [--faults none|light|heavy] [--until INSTANT] [--trace] [--once] [--stop] [--shrink] [--picture FILE]';

/** The options that run a seed again with its trace, to just after an instant in milliseconds. */
export function replayOf(seed: bigint, at: number, { years, certificates, heaviness }: Options): string {
  const world = `--seed ${seed} --years ${years} --certificates ${certificates} --faults ${heaviness}`;
  return `${world} --until ${new Date(at + 1).toISOString()} --trace`;
}

/** Throws what parseArgs throws, or an Error with the usage. */
export function parseOptions(words: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...words],
    options: {
      years: { type: 'string', default: '1' },
      certificates: { type: 'string', default: '20' },
      seeds: { type: 'string', default: '1' },
      seed: { type: 'string' },
      first: { type: 'string', default: '1' },
      except: { type: 'string', default: '' },
      faults: { type: 'string', default: 'heavy' },
      until: { type: 'string' },
      trace: { type: 'boolean', default: false },
      stop: { type: 'boolean', default: false },
      once: { type: 'boolean', default: false },
      picture: { type: 'string' },
      shrink: { type: 'boolean', default: false },
    },
  });
  const { faults, until, seed, first, except } = values;
  if (faults !== 'none' && faults !== 'light' && faults !== 'heavy') throw new Error(USAGE);
  const count = seed === undefined ? Number(values.seeds) : 1;
  const from = BigInt(seed ?? first);
  const seeds = Array.from({ length: count }, (_, index) => BigInt.asUintN(64, from + BigInt(index)));
  return {
    years: Number(values.years),
    certificates: Number(values.certificates),
    seeds: seeds.filter((each) => !except.split(',').includes(String(each))),
    heaviness: faults,
    until: until === undefined ? undefined : Date.parse(until),
    showsTrace: values.trace,
    once: values.once,
    stops: values.stop,
    shrinks: values.shrink,
    picture: values.picture,
  };
}
