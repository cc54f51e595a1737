import { ExpectationError } from './expectations.ts';
import { runOnSecondEmulator } from './run.ts';

/** `npm run check:ministack`: the part of `npm run check` that runs the stack on a second emulator, with its steps. */
const started = performance.now();
try {
  await runOnSecondEmulator((line) =>
    console.log(`${((performance.now() - started) / 1000).toFixed(1).padStart(5)} s  ${line}`),
  );
} catch (error) {
  console.error(error instanceof ExpectationError ? error.message : error);
  process.exitCode = 1;
}
