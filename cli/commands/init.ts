import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { printable } from '../../lib/foundation/common/explain-issues.ts';
import type { Answer, GlobalOptions } from '../answer.ts';
import { isAsked } from '../output/confirm.ts';
import { withAsker } from '../project/ask.ts';
import { gatherByAsking, gatherFromFlags, type InitFlags } from '../project/gather-settings.ts';
import { listDomains } from '../project/list-domains.ts';
import { complaintAboutSettings, PROJECT, settingsFile } from '../project/project.ts';
import { ProjectError } from '../project/project-error.ts';
import { type AskedSettings, settingsText } from '../project/settings-text.ts';

export interface InitOptions extends GlobalOptions, InitFlags {
  force?: boolean;
  /** Asks nothing. */
  yes?: boolean;
}

const NOTHING: AskedSettings = {
  contact: 'you@example.com',
  agreeToTerms: true,
  domains: ['example.com'],
  hostGroups: {},
};

/** `perennial-tls init`: asks for what has no default and for the host groups, and writes settings.yml. */
export async function init({ stage, force = false, yes = false, ...flags }: InitOptions): Promise<Answer> {
  const file = settingsFile();
  const name = relative('', file) || file;
  if (existsSync(file) && !force)
    throw new ProjectError('settings-exist', {
      seen: `${printable(name)} exists already`,
      remedy: 'edit it, or replace it with --force',
    });
  const listed = flags.domains === undefined ? await listDomains() : { domains: [] };
  // A stage that is named gets a section of its own.
  const section = stage ?? 'default';
  const complain = (part: Partial<AskedSettings>) =>
    complaintAboutSettings(settingsText({ ...NOTHING, ...part }, { section }));
  const isSilent = yes || !isAsked();
  const asked = isSilent
    ? gatherFromFlags(flags, listed)
    : await withAsker((asker) => gatherByAsking(flags, { listed, asker, complain }));
  const schema = schemaFrom(dirname(file));
  const text = settingsText(asked, { section, ...(schema !== undefined && { schema }) });
  const wrong = complaintAboutSettings(text);
  if (wrong !== undefined) throw new ProjectError('settings-wrong', wrong);
  await writeFile(file, text, { flag: force ? 'w' : 'wx' }).catch(({ code }: NodeJS.ErrnoException) => {
    throw new ProjectError('settings-unwritable', {
      seen: `${printable(name)} cannot be written (${code})`,
      remedy: 'nothing was written; go to a folder of yours, or name a file there by PERENNIAL_SETTINGS',
    });
  });
  // A person at the terminal has read it among the questions.
  const warning = isSilent && 'unknown' in listed ? [listed.unknown] : [];
  const next = stage === undefined ? 'deploy --stage staging' : `deploy --stage ${stage}`;
  return {
    ok: true,
    json: { file: name, settings: { [section]: asked }, warnings: warning },
    text: [
      ...warning,
      `wrote ${name}: ${asked.domains.join(', ')}; "npx --no-install perennial-tls ${next}" comes next`,
    ].join('\n'),
  };
}

/** The schema's path for an editor; what npx keeps in a folder of its own may be gone tomorrow. */
function schemaFrom(folder: string): string | undefined {
  const path = relative(folder, join(PROJECT, 'tools/schema/settings.json'));
  return path.startsWith('..') ? undefined : `./${path}`;
}
