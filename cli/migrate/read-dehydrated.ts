import { entriesOf, exists, readEach, readKey, readText, readTextIfThere } from './folder.ts';
import { type FoundFolder, type FoundLineage, lineageNameOf } from './found.ts';
import { parseShellConf } from './parse-shell-conf.ts';

/** dehydrated's base folder: certs/<name>/{fullchain,privkey}.pem, domains.txt, config, accounts/. */
export async function readDehydrated(folder: string): Promise<FoundFolder | undefined> {
  const names: string[] = [];
  for (const entry of await entriesOf(folder, 'certs'))
    if (await exists(folder, 'certs', entry, 'privkey.pem')) names.push(entry);
  if (names.length === 0) return undefined;
  const directories = (await entriesOf(folder, 'accounts')).map(directoryOf);
  const [directoryUrl] = directories.length === 1 ? directories : [];
  return {
    program: 'dehydrated',
    ...(await readEach(names, (name) => readLineage(folder, name, directoryUrl))),
    notCarried: [
      ...notesOn(parseShellConf((await readTextIfThere(folder, 'config')) ?? '')),
      ...(directories.length > 1
        ? [`accounts at ${directories.join(', ')}: give "ca" in a renewal file where it is not the stack's`]
        : []),
    ],
  };
}

async function readLineage(
  folder: string,
  name: string,
  directoryUrl: string | undefined,
): Promise<FoundLineage> {
  return {
    name: lineageNameOf(name),
    fullchain: await readText(folder, 'certs', name, 'fullchain.pem'),
    key: await readKey(folder, 'certs', name, 'privkey.pem'),
    directoryUrl,
    notCarried: ownSettings(await readTextIfThere(folder, 'certs', name, 'config')),
  };
}

/** What the certificate's own configuration sets. */
function ownSettings(text = ''): string[] {
  return [...parseShellConf(text).keys()].map((key) => `${key} of its own config: not taken over`);
}

/** What the other lines tell of, and where things lie. */
const NO_WISH =
  /^(CHALLENGETYPE|HOOK|RENEW_DAYS|OCSP_MUST_STAPLE|PRIVATE_KEY_RENEW|PREFERRED_CHAIN|CA|CA_TERMS|BASEDIR|.*DIR|DOMAINS_TXT|KEY_ALGO|KEYSIZE|CONTACT_EMAIL|WELLKNOWN|LOCKFILE|IP_VERSION|OPENSSL.*|DEHYDRATED_.*|CONFIG_D|AUTO_CLEANUP.*|CURL_OPTS)$/;

/** An account's folder is named after the directory address, in base64url; of several, none is certain. */
const directoryOf = (account: string) => Buffer.from(account, 'base64url').toString().trim();

function notesOn(config: ReadonlyMap<string, string>): string[] {
  const challenge = config.get('CHALLENGETYPE') ?? 'http-01';
  const staple = config.get('OCSP_MUST_STAPLE') === 'yes';
  return [
    `${challenge}${config.has('HOOK') ? ' with a hook' : ''}: names will be proved by DNS-01 on Route 53`,
    ...(config.has('HOOK')
      ? ['HOOK: what it deploys goes into renewal-hooks/deploy on the hosts, with reload: hooks']
      : []),
    ...(config.has('RENEW_DAYS')
      ? [`RENEW_DAYS=${config.get('RENEW_DAYS')}: give renewBeforeDays in the renewal files`]
      : []),
    ...(staple ? ['OCSP_MUST_STAPLE: not asked for (CAs ended OCSP in 2025)'] : []),
    ...(config.get('PREFERRED_CHAIN') ? ['PREFERRED_CHAIN: give preferredChain in the renewal files'] : []),
    ...[...config]
      .filter(([key, value]) => value !== '' && !NO_WISH.test(key))
      .map(([key]) => `${key}: nothing like it here`),
    ...(config.get('PRIVATE_KEY_RENEW') === 'no'
      ? ['PRIVATE_KEY_RENEW=no: give reuseKey in the renewal files']
      : []),
  ];
}
