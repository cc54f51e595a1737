import { inspect } from 'node:util';
import type { Command } from 'commander';
import { printableTexts } from '../lib/foundation/common/one-line.ts';
import { inOneLine, PerennialError } from '../lib/foundation/common/perennial-error.ts';
import type { Answer, GlobalOptions } from './answer.ts';

const ALLOW_BUCKET =
  'allow these AWS credentials s3:ListBucket on it and s3:GetObject on what is in it (s3:PutObject and s3:PutObjectTagging to write)';

type Load<Options> = (positionals: string[][], options: Options) => Promise<Answer>;

/** An action that prints what a command answers, and ends with its exit status. */
export function answering<Options extends GlobalOptions>(load: Load<Options>) {
  return async (...given: unknown[]) => {
    const command = given.at(-1) as Command;
    const positionals = command.processedArgs.map((value) => [value ?? []].flat());
    const options = command.optsWithGlobals<Options>();
    try {
      const { text, json, ok } = await load(positionals, options);
      const shown = options.json ? jsonText(json) : printed(text);
      if (shown !== undefined && shown !== '') console.log(shown);
      process.exitCode = ok ? 0 : 1;
    } catch (error) {
      process.exitCode = 2;
      tell(command.name(), error, options);
    }
  };
}

/** The shape of every answer; another one would be incompatible. tools/schema/command-line.json has them. */
const JSON_VERSION = 1;

/** Nothing for an answer that was printed as it came. */
export function jsonText(json: object | undefined, indent = 2): string | undefined {
  return json && JSON.stringify({ version: JSON_VERSION, ...json }, printableTexts, indent);
}

/** Colours are ours; else nothing moves the cursor, hides, or turns the direction of writing. */
const COLOUR = new RegExp(`(${String.fromCodePoint(27)}\\[(?:[01]|22|3[0-9]|90)m)`);
export const printed = (text: string) =>
  text
    .split(COLOUR)
    .map((part) => (COLOUR.test(part) ? part : part.replace(/(?!\n)[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, '?')))
    .join('');

/** Errors with a reason are for people, in one line; others are ours, and keep their stack. */
function tell(command: string, error: unknown, { json }: GlobalOptions): void {
  if (!(error instanceof PerennialError)) {
    // Its words may be a server's, and none of the colours is ours.
    console.error(printed(inspect(error).replaceAll('\u001b', '?')));
    return;
  }
  const message = messageOf(error);
  if (json) console.log(jsonText({ error: { reason: error.reason, message } }));
  console.error(`${command}: ${message}`);
}

/** The bucket's adapter speaks to the functions' roles; here it is a person who may not. */
function messageOf({ reason, seen, message }: PerennialError): string {
  const isDenied = reason === 'store-access-denied';
  return (isDenied ? inOneLine({ seen, remedy: ALLOW_BUCKET }) : message).replace(/\s+/g, ' ');
}
