import { spawn } from 'node:child_process';
import { STATUS_PAGE_KEY } from '../../lib/foundation/certificate/object-keys.ts';
import { minuteOf } from '../../lib/foundation/common/minute-of.ts';
import { partsIn } from '../../lib/reporting/status/page/parts.ts';
import type { Answer, GlobalOptions } from '../answer.ts';
import { CommandError } from '../command-error.ts';
import { secondsOf } from '../output/parse-options.ts';
import { findStack } from '../stack/find-stack.ts';
import { linkToPage } from '../stack/link-to-page.ts';
import { openBucket } from '../stack/open-bucket.ts';

export interface OpenOptions extends GlobalOptions {
  print?: boolean;
  /** Seconds. */
  expiresIn: string;
}

/** A presigned address lives for a week at most (S3 user guide, "Sharing objects with presigned URLs"). */
const LONGEST_S = 604_800;

/** `perennial-tls open`: the status page by a presigned link, in the browser where there is one. */
export async function open(options: OpenOptions): Promise<Answer> {
  const expiresIn = secondsOf('--expires-in', options.expiresIn, LONGEST_S);
  const stack = await findStack(options.stage);
  const page = await openBucket(stack).get(STATUS_PAGE_KEY);
  if (!page)
    throw new CommandError('no-status-page', {
      seen: 'there is no status page yet; it is written every hour',
      remedy: `"npx serverless invoke -f status --path events/status-page.json --stage ${stack.stage}" writes it now`,
    });
  const url = await linkToPage(stack, { parts: partsIn(page.body), expiresIn });
  const expiresAt = new Date(Date.now() + expiresIn * 1000).toISOString();
  const opened = !options.print && !options.json && (await isOpenedBy(openerOf(process.platform), url));
  const written = minuteOf(page.modified.toISOString());
  return {
    ok: true,
    json: { url, expiresAt, writtenAt: page.modified.toISOString() },
    text: opened
      ? `${url}\nopened the status page of ${written}; the link works until ${minuteOf(expiresAt)} for whoever has it`
      : url,
  };
}

/** The program that opens an address on this system; $BROWSER before it, as other programs have it. */
export function openerOf(platform: NodeJS.Platform, { BROWSER } = process.env): [string, ...string[]] {
  if (BROWSER) return [BROWSER];
  if (platform === 'darwin') return ['open'];
  return platform === 'win32' ? ['rundll32', 'url.dll,FileProtocolHandler'] : ['xdg-open'];
}

const OPENING_MS = 5_000;

/** Whether the program took the address. */
function isOpenedBy([program, ...before]: [string, ...string[]], url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, [...before, url], { stdio: 'ignore', detached: true });
    // A browser that it starts itself may stay as long as its window.
    const limit = setTimeout(() => resolve(true), OPENING_MS);
    const end = (opened: boolean) => {
      clearTimeout(limit);
      resolve(opened);
    };
    child.once('error', () => end(false));
    child.once('exit', (status) => end(status === 0));
    child.unref();
  });
}
