/** What a certbot `renewal/<name>.conf` holds for us. */
export interface CertbotConf {
  directoryUrl: string | undefined;
  profile: string | undefined;
  renewBeforeDays: number | undefined;
  reuseKey: true | undefined;
  notCarried: string[];
}

const HOOKS = ['pre_hook', 'post_hook', 'renew_hook', 'deploy_hook'];

/** What certbot writes into each file, or what a setting that is told of already brings with it. */
const NO_WISH = new Set([
  ...[
    'version',
    'archive_dir',
    'cert',
    'privkey',
    'chain',
    'fullchain',
    'config_dir',
    'work_dir',
    'logs_dir',
  ],
  ...['account', 'server', 'authenticator', 'installer', 'pref_challs', 'webroot_path', 'http01_port'],
  ...['http01_address', 'manual_auth_hook', 'manual_cleanup_hook', 'manual_public_ip_logging_ok'],
  ...['key_type', 'elliptic_curve', 'rsa_key_size', 'preferred_profile', 'required_profile', 'reuse_key'],
  ...['renew_before_expiry', 'must_staple', 'autorenew', 'preferred_chain', 'allow_subset_of_names'],
  ...['ari_retry_after', 'validation_propagation_seconds', ...HOOKS],
]);
/** Of a plugin that proves names. */
const OF_AUTHENTICATOR = /^(dns|nginx|apache|standalone|webroot)_/;

/** Reads certbot's ini format, as far as it tells how a certificate is renewed; values stand as they are, sections are merged. */
export function parseCertbotConf(text: string): CertbotConf {
  const values = iniOf(text);
  const value = (key: string) => {
    const found = values.get(key);
    return found === undefined || found === 'None' ? undefined : found;
  };
  const before = /^(\d+) days?$/.exec(value('renew_before_expiry') ?? '');
  return {
    directoryUrl: value('server'),
    profile: value('required_profile') ?? value('preferred_profile'),
    renewBeforeDays: before ? Number(before[1]) : undefined,
    reuseKey: value('reuse_key') === 'True' || undefined,
    notCarried: [
      ...proofNotes(value('authenticator'), value('pref_challs')),
      ...(value('installer') === undefined
        ? []
        : [`installer ${value('installer')}: hosts are told as their group says`]),
      ...HOOKS.filter((hook) => value(hook) !== undefined).map((hook) => hookNote(hook)),
      ...(value('must_staple') === 'True'
        ? ['must_staple: OCSP stapling is not asked for (CAs ended OCSP in 2025)']
        : []),
      ...(value('autorenew') === 'False' ? ['autorenew = False: it will be renewed'] : []),
      ...(value('preferred_chain') === undefined
        ? []
        : ['preferred_chain: give preferredChain in the renewal file']),
      ...(value('allow_subset_of_names') === 'True'
        ? ['allow_subset_of_names: all names, or no certificate']
        : []),
      ...(!before && value('renew_before_expiry') !== undefined
        ? [`renew_before_expiry = ${value('renew_before_expiry')}: give renewBeforeDays in the renewal file`]
        : []),
      // Not their values, which may be secret.
      ...[...values.keys()].filter(isUnknown).flatMap((key) => {
        const set = value(key);
        return set === undefined || set === 'False' ? [] : [`${key}: nothing like it here`];
      }),
    ],
  };
}

const isUnknown = (key: string) => !NO_WISH.has(key) && !OF_AUTHENTICATOR.test(key);

function proofNotes(authenticator: string | undefined, challenges = ''): string[] {
  if (authenticator === 'dns-route53') return [];
  const proof = challenges.startsWith('http-01') ? ' (http-01)' : '';
  return [`authenticator ${authenticator ?? 'unknown'}${proof}: names will be proved by DNS-01 on Route 53`];
}

const hookNote = (hook: string) =>
  hook === 'renew_hook' || hook === 'deploy_hook'
    ? 'deploy hook: put it into renewal-hooks/deploy on the hosts, with reload: hooks'
    : `${hook}: nothing is stopped for a proof by DNS-01`;

function iniOf(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, key, value] = /^\s*([a-z_0-9]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) values.set(key, value.replace(/^(["'])(.*)\1$/, '$2'));
  }
  return values;
}
