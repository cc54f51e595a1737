import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { findCertbot } from '../../local/setup/certbot.ts';
import { Deployed } from './documentation/deployed.ts';
import { compareOutput } from './documentation/mask-output.ts';
import { Newcomer } from './documentation/newcomer.ts';
import { type DocumentedCommand, printoutsOf, readCommands } from './documentation/read-commands.ts';
import { EXIT_STATUS, RUN_ELSEWHERE, WITHOUT_INSTALL } from './documentation/run-elsewhere.ts';

const PROJECT = join(import.meta.dirname, '../..');
const WALK = 'docs/start/walkthrough.md';
const DEMO_LIMIT_MS = 400_000;
/** What goes on after a command has ended, and what `npm run local` then prints. */
const FOLLOWED_BY: [RegExp, RegExp][] = [
  [/^echo .* \| aws s3 cp - /, /scan: example\.com /],
  [/ scan .*force-renewal/, /renew: example\.com /],
  [/ -f revoke /, /renew: example\.com /],
];

const commands = readCommands();
const isElsewhere = ({ command }: DocumentedCommand) =>
  RUN_ELSEWHERE.some(([pattern]) => pattern.test(command));
const walk = commands.filter((entry) => entry.page === WALK && !isElsewhere(entry));
const others = commands.filter(
  (entry, at) =>
    entry.page !== WALK &&
    !isElsewhere(entry) &&
    commands.findIndex(({ command }) => command === entry.command) === at,
);
const titleOf = ({ page, line, command }: DocumentedCommand) => `${page}:${line}  ${command}`;
const done = new Set<string>();
let newcomer: Newcomer;
let deployed: Deployed;
let certbot: { program: string } | string;

beforeAll(async () => {
  certbot = await findCertbot();
  newcomer = await Newcomer.start({ path: typeof certbot === 'string' ? [] : [dirname(certbot.program)] });
  deployed = await Deployed.by(newcomer);
});

afterAll(async () => {
  deployed?.stop();
  await newcomer?.stop();
});

/** What needs certbot's folder is skipped where certbot cannot be had, and says so. */
function needCertbot({ command }: DocumentedCommand, context: TestContext): void {
  if (typeof certbot === 'string' && /certbot|letsencrypt/.test(command)) context.skip(certbot);
}

describe('the walkthrough, line by line', () => {
  for (const entry of walk)
    it(titleOf(entry), async (context) => {
      needCertbot(entry, context);
      const { status, output } = await newcomer.run(entry.command);
      done.add(entry.command);
      const isUnwell = /\b[1-9]\d* not( well)?$/m.test(entry.shown);
      expect({ status, ...compareOutput(entry.shown, output) }, output).toEqual({
        status: isUnwell ? 1 : 0,
        missing: [],
        unshown: [],
      });
    });

  it('shows what the first terminal printed', () => {
    for (const printout of printoutsOf(readFileSync(join(PROJECT, WALK), 'utf8')))
      expect(compareOutput(`${printout}\n…`, newcomer.printed).missing).toEqual([]);
  });
});

describe('every other command of the documentation', () => {
  for (const entry of others)
    it(titleOf(entry), { timeout: DEMO_LIMIT_MS }, async (context) => {
      needCertbot(entry, context);
      const command = WITHOUT_INSTALL[entry.command] ?? (await deployed.fillIn(entry.command));
      if (done.has(command)) return;
      done.add(command);
      await deployed.settled();
      await deployed.beginNewWeek();
      if (command.includes('receive-message')) await deployed.leaveDeadLetter();
      const follows = FOLLOWED_BY.find(([pattern]) => pattern.test(command))?.[1];
      const [{ status, output }] = await Promise.all([
        newcomer.run(command, { quickNpx: true }),
        follows && newcomer.nextPrinted(follows),
      ]);
      expect(status, output).toBe(EXIT_STATUS[entry.command] ?? 0);
    });

  it('is run where the list says, and is still in the documentation', () => {
    const known = commands.map(({ command }) => command);
    const named = [WITHOUT_INSTALL, EXIT_STATUS].flatMap(Object.keys);
    expect(named.filter((command) => !known.includes(command))).toEqual([]);
    const elsewhere = RUN_ELSEWHERE.filter(([pattern]) => !known.some((command) => pattern.test(command)));
    expect(elsewhere).toEqual([]);
    const files = RUN_ELSEWHERE.flatMap(([, where]) => where.match(/(test|bench|\.ci)\/[\w./-]*\w/g) ?? []);
    expect(files.filter((file) => !existsSync(join(PROJECT, file)))).toEqual([]);
  });
});
