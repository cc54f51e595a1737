import { entriesOf, exists, readEach, readKey, readText } from './folder.ts';
import { type FoundFolder, type FoundLineage, lineageNameOf } from './found.ts';
import { parseShellConf } from './parse-shell-conf.ts';

/** Its folders end so when the key is ECDSA. */
const ECC = '_ecc';
const INSTALLED = ['Le_RealCertPath', 'Le_RealKeyPath', 'Le_RealCACertPath', 'Le_RealFullChainPath'];
/** What acme.sh writes into each file, or what is told of in words of its own. */
const NO_WISH = new Set([
  ...['Le_Domain', 'Le_Alt', 'Le_Webroot', 'Le_API', 'Le_Keylength', 'Le_OrderFinalize', 'Le_LinkOrder'],
  ...['Le_LinkCert', 'Le_CertCreateTime', 'Le_CertCreateTimeStr', 'Le_NextRenewTime', 'Le_NextRenewTimeStr'],
  ...['Le_Vlist', 'Le_ForceNewDomainKey', 'Le_OCSP_Staple', 'Le_Preferred_Chain', 'Le_PreferredChain'],
  ...['Le_Certificate_Profile', 'Le_RenewalDays', 'Le_LocalAddress', 'Le_HTTPPort', 'Le_TLSPort'],
]);
const HOOKS = ['Le_PreHook', 'Le_PostHook', 'Le_RenewHook', 'Le_ReloadCmd'];

/** acme.sh's home (~/.acme.sh): <domain>/ or <domain>_ecc/ with <domain>.{conf,key}, fullchain.cer. */
export async function readAcmeSh(folder: string): Promise<FoundFolder | undefined> {
  const issued: string[] = [];
  const ordered: string[] = [];
  for (const entry of await entriesOf(folder)) {
    if (!(await exists(folder, entry, `${domainOf(entry)}.conf`))) continue;
    const isIssued = await exists(folder, entry, 'fullchain.cer');
    (isIssued ? issued : ordered).push(entry);
  }
  if (issued.length + ordered.length === 0) return undefined;
  return {
    program: 'acme.sh',
    ...(await readEach(issued, (name) => readLineage(folder, name))),
    notCarried: ordered.map((entry) => `${entry}: ordered and never issued`),
  };
}

const domainOf = (entry: string) => (entry.endsWith(ECC) ? entry.slice(0, -ECC.length) : entry);

async function readLineage(folder: string, entry: string): Promise<FoundLineage> {
  const domain = domainOf(entry);
  const conf = parseShellConf(await readText(folder, entry, `${domain}.conf`));
  return {
    name: lineageNameOf(entry),
    fullchain: await readText(folder, entry, 'fullchain.cer'),
    key: await readKey(folder, entry, `${domain}.key`),
    directoryUrl: conf.get('Le_API'),
    profile: conf.get('Le_Certificate_Profile') || undefined,
    notCarried: notesOn(conf),
  };
}

function notesOn(conf: ReadonlyMap<string, string>): string[] {
  const proof = conf.get('Le_Webroot') ?? '';
  return [
    ...(proof === 'dns_aws' ? [] : [`${proofOf(proof)}: names will be proved by DNS-01 on Route 53`]),
    ...HOOKS.filter((hook) => conf.get(hook)).map(
      (hook) =>
        `${hook.slice('Le_'.length)} "${conf.get(hook)}": put it into renewal-hooks/deploy on the hosts, with reload: hooks`,
    ),
    ...(conf.get('Le_OCSP_Staple') === '1'
      ? ['OCSP must-staple: not asked for (CAs ended OCSP in 2025)']
      : []),
    ...(INSTALLED.some((key) => conf.get(key))
      ? [`installed at ${INSTALLED.flatMap((key) => conf.get(key) || []).join(', ')}: hosts serve from live/`]
      : []),
    ...(conf.get('Le_RenewalDays')
      ? [
          `renewed ${conf.get('Le_RenewalDays')} days after issuance: give renewBeforeDays in the renewal file`,
        ]
      : []),
    ...[...conf]
      .filter(([key, value]) => value !== '' && !NO_WISH.has(key) && !HOOKS.includes(key))
      .filter(([key]) => !INSTALLED.includes(key))
      // Not the value: Le_PFXPassword is one.
      .map(([key]) => `${key}: nothing like it here`),
    ...(conf.get('Le_Preferred_Chain') || conf.get('Le_PreferredChain')
      ? ['Preferred_Chain: give preferredChain in the renewal file']
      : []),
  ];
}

const proofOf = (webroot: string) =>
  webroot.startsWith('dns_') ? webroot : `http-01 (${webroot || 'unknown'})`;
