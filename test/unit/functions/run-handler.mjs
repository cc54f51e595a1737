import { once } from 'node:events';
import { Writable } from 'node:stream';

/**
 * Started with the environment that serverless.yml gives a function: loads it, has its handler take the event of the second
 * argument, and prints the answer, or the error, as the last line.
 */
const [file, event] = process.argv.slice(2);
const context = { awsRequestId: 'request-1', functionName: 'f', getRemainingTimeInMillis: () => 100_000 };
const answer = await import(file)
  .then(({ handler }) => handler(JSON.parse(event), context))
  .then(
    (result) => ({ result: result ?? null }),
    (error) => ({ error: String(error) }),
  );
if (!(process.stdout instanceof Writable)) throw new Error('no output');
if (!process.stdout.write(`\n${JSON.stringify(answer)}\n`)) await once(process.stdout, 'drain');
process.exit(0);
