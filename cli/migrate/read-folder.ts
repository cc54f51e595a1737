import { printable } from '../../lib/foundation/common/explain-issues.ts';
import { CommandError } from '../command-error.ts';
import { exists } from './folder.ts';
import type { FoundFolder } from './found.ts';
import { readAcmeSh } from './read-acme-sh.ts';
import { readCertbot } from './read-certbot.ts';
import { readDehydrated } from './read-dehydrated.ts';
import { readLego } from './read-lego.ts';

/** Reads the folder of whichever program it is; throws {@link CommandError} when it is none's. */
export async function readFolder(folder: string): Promise<FoundFolder> {
  if (!(await exists(folder)))
    throw new CommandError('no-such-folder', `${printable(folder)} does not exist`);
  for (const read of [readCertbot, readLego, readDehydrated, readAcmeSh]) {
    const found = await read(folder);
    if (found) return found;
  }
  throw new CommandError(
    'unknown-folder',
    `${printable(folder)} holds no certificates of certbot (live/, renewal/), lego (certificates/), acme.sh (<domain>/<domain>.conf) or dehydrated (certs/)`,
  );
}
