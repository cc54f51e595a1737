import { listOf } from '../output/parse-options.ts';
import type { Asker } from './ask.ts';
import { ProjectError } from './project-error.ts';
import { type AskedSettings, parseGroups } from './settings-text.ts';

export interface InitFlags {
  contact?: string;
  agreeToTerms?: boolean;
  domains?: string;
  hostGroups?: string;
}

/** The hosted zones of the account, or why they are not known. */
export type Domains = { domains: string[] } | { unknown: string };

export const TERMS = 'https://letsencrypt.org/repository/';
export const USUAL_GROUPS = 'web=container:web';

/** What flags give; the hosted zones and one group where they do not say. Throws what is missing, in one line. */
export function gatherFromFlags(flags: InitFlags, listed: Domains): AskedSettings {
  const zones = 'domains' in listed ? listed.domains : [];
  const domains = flags.domains === undefined ? zones : listOf(flags.domains);
  const missing = [
    ...(flags.contact === undefined ? ['--contact <mail address>'] : []),
    ...(flags.agreeToTerms ? [] : [`--agree-to-terms (${TERMS})`]),
    ...(domains.length === 0 ? ['--domains <domains>'] : []),
  ];
  if (missing.length > 0)
    throw new ProjectError('settings-missing', {
      seen: `there is nobody to ask${'unknown' in listed ? `, and it ${listed.unknown}` : ''}`,
      remedy: `give ${missing.join(', ')}`,
    });
  const { contact = '' } = flags;
  return { contact, agreeToTerms: true, domains, hostGroups: parseGroups(flags.hostGroups ?? USUAL_GROUPS) };
}

/** What flags give, and what a person answers to the rest. `complain` says what is wrong with one setting. */
export async function gatherByAsking(
  flags: InitFlags,
  {
    listed,
    asker,
    complain,
  }: { listed: Domains; asker: Asker; complain: (part: Partial<AskedSettings>) => string | undefined },
): Promise<AskedSettings> {
  const contact =
    flags.contact ??
    (await asker.ask('Mail address for the CA, and for notices of trouble', {
      complaint: (answer) => complain({ contact: answer }),
    }));
  const agrees =
    flags.agreeToTerms ?? (await asker.agrees(`Do you agree to the CA's terms of service (${TERMS})?`));
  if (!agrees)
    throw new ProjectError(
      'settings-missing',
      'without an agreement to its terms of service no CA issues anything',
    );
  const domains =
    flags.domains === undefined ? await askDomains({ listed, asker, complain }) : listOf(flags.domains);
  const hostGroups = parseGroups(
    flags.hostGroups ??
      (await asker.ask(
        'Host groups, each with how its web server reloads (container:NAME, service or hooks), or "none"',
        {
          fallback: USUAL_GROUPS,
          complaint: complaintAboutGroups,
        },
      )),
  );
  return { contact, agreeToTerms: true, domains, hostGroups };
}

async function askDomains({
  listed,
  asker,
  complain,
}: Parameters<typeof gatherByAsking>[1]): Promise<string[]> {
  const zones = 'domains' in listed ? listed.domains : [];
  if ('unknown' in listed) asker.say(listed.unknown);
  if (zones.length > 0) asker.say('Public hosted zones of this account:');
  for (const [index, zone] of zones.entries()) asker.say(`  ${index + 1}  ${zone}`);
  const chosen = (answer: string) =>
    answer === 'all'
      ? zones
      : listOf(answer).map((item) => (/^\d+$/.test(item) ? zones[Number(item) - 1] : item) ?? item);
  const question =
    zones.length > 0
      ? 'Domains to issue certificates for, by number or name'
      : 'Domains to issue certificates for';
  const answer = await asker.ask(`${question}, with commas between them`, {
    ...(zones.length > 0 && { fallback: 'all' }),
    complaint: (text) => complain({ domains: chosen(text) }),
  });
  return chosen(answer);
}

function complaintAboutGroups(text: string): string | undefined {
  try {
    parseGroups(text);
    return undefined;
  } catch (error) {
    return error instanceof ProjectError ? error.message : String(error);
  }
}
