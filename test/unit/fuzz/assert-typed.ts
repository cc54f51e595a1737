import fc from 'fast-check';
import { expect } from 'vitest';

/** Stands in inputs where a key would; no message may hold it. */
export const KEY_MATERIAL = 'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg';

/** How many inputs are generated in all; npm test takes fewer than `npm run fuzz`. */
const INPUTS = Number(process.env.FUZZ_INPUTS ?? 50_000);
/** The parsers that they are shared out among. */
const PARSERS = 29;
const SLOWEST_MS = 5_000;

type ErrorClass = abstract new (...given: never[]) => Error;

/** Gives a parser generated inputs: it may return, or throw an error of its own kind, in one line, soon. */
export async function assertTyped<Input>(
  inputs: fc.Arbitrary<Input>,
  parse: (input: Input) => unknown,
  errors: readonly ErrorClass[],
): Promise<void> {
  const property = fc.asyncProperty(inputs, async (input) => {
    const began = performance.now();
    try {
      await parse(input);
    } catch (error) {
      expect(
        errors.some((kind) => error instanceof kind),
        `threw ${String(error)}`,
      ).toBe(true);
      const { message } = error as Error;
      expect(message).not.toMatch(/\p{Cc}/u);
      expect(message).not.toMatch(/PRIVATE KEY/);
      expect(message).not.toContain(KEY_MATERIAL);
    }
    expect(performance.now() - began).toBeLessThan(SLOWEST_MS);
  });
  await fc.assert(property, { numRuns: Math.ceil(INPUTS / PARSERS) });
}
