import { describe, expect, it } from 'vitest';
import { certbotConf } from '../../../cli/migrate/certbot-conf.ts';
import { lineageNameOf } from '../../../cli/migrate/found.ts';
import { parseCertbotConf } from '../../../cli/migrate/parse-certbot-conf.ts';
import { parseShellConf } from '../../../cli/migrate/parse-shell-conf.ts';

/** As certbot 5.8.0 writes it. */
const CONF = `version = 5.8.0
archive_dir = /etc/letsencrypt/archive/example.com
cert = /etc/letsencrypt/live/example.com/cert.pem
privkey = /etc/letsencrypt/live/example.com/privkey.pem
chain = /etc/letsencrypt/live/example.com/chain.pem
fullchain = /etc/letsencrypt/live/example.com/fullchain.pem
[renewalparams]
account = b1cedcb18ecf55f62f2408260c181b85
server = https://acme-v02.api.letsencrypt.org/directory
authenticator = dns-route53
key_type = ecdsa
`;

describe('parseCertbotConf', () => {
  it('finds the CA, and nothing lost where Route 53 proved the names', () => {
    expect(parseCertbotConf(CONF)).toEqual({
      directoryUrl: 'https://acme-v02.api.letsencrypt.org/directory',
      profile: undefined,
      renewBeforeDays: undefined,
      reuseKey: undefined,
      notCarried: [],
    });
  });

  it.each([
    [
      'pref_challs = http-01,\nauthenticator = webroot',
      /^authenticator webroot \(http-01\): names will be proved by DNS-01/,
    ],
    ['authenticator = nginx', /^authenticator nginx: /],
    ['installer = nginx', /^installer nginx: hosts are told/],
    ['pre_hook = systemctl stop nginx', /^pre_hook: nothing is stopped/],
    ['renew_hook = /usr/local/bin/reload', /^deploy hook: put it into renewal-hooks\/deploy/],
    ['must_staple = True', /^must_staple: /],
    ['autorenew = False', /^autorenew = False: it will be renewed/],
    ['preferred_chain = ISRG Root X1', /^preferred_chain: /],
    ['eab_kid = abc', /^eab_kid: nothing like it here$/],
    ['strict_permissions = True', /^strict_permissions: nothing like it here$/],
    ['renew_before_expiry = 2 weeks', /^renew_before_expiry = 2 weeks: give renewBeforeDays/],
  ])('says that %j is not carried over', (line, note) => {
    const { notCarried } = parseCertbotConf(
      CONF.replace(
        'authenticator = dns-route53',
        line.includes('authenticator') ? line : `authenticator = dns-route53\n${line}`,
      ),
    );
    expect(notCarried).toEqual([expect.stringMatching(note)]);
  });

  it('passes over what certbot writes by itself, and what proves the names', () => {
    const text = `${CONF}config_dir = /etc/letsencrypt\nwebroot_path = None\ndns_route53_propagation_seconds = 10\nhsts = False\n[acme_renewal_info]\nari_retry_after = 2026-11-20T00:00:00\n`;
    expect(parseCertbotConf(text).notCarried).toEqual([]);
  });

  it('carries over the profile, the days before expiry and a kept key', () => {
    const text = `${CONF}preferred_profile = shortlived\nrenew_before_expiry = 20 days\ninstaller = None\nreuse_key = True\n`;
    expect(parseCertbotConf(text)).toMatchObject({
      profile: 'shortlived',
      renewBeforeDays: 20,
      reuseKey: true,
      notCarried: [],
    });
  });

  it('reads what an export writes', () => {
    const ca = 'https://acme-v02.api.letsencrypt.org/directory';
    const text = certbotConf('/etc/letsencrypt', 'example.com', { ca, key: 'rsa-4096', profile: 'classic' });
    expect(text).toContain('rsa_key_size = 4096');
    expect(parseCertbotConf(text)).toMatchObject({ directoryUrl: ca, profile: 'classic', notCarried: [] });
  });
});

describe('parseShellConf', () => {
  it('reads values in quotes of either kind, in base64 as acme.sh wraps it, or bare, and runs nothing', () => {
    const text = `# Le_Skipped='x'
Le_Domain='example.com'
CA="https://ca.test/directory"
RENEW_DAYS=20
Le_ReloadCmd='__ACME_BASE64__START_c3lzdGVtY3RsIHJlbG9hZCBuZ2lueA==__ACME_BASE64__END_'
HOOK=$(touch /tmp/run)
`;
    expect(Object.fromEntries(parseShellConf(text))).toEqual({
      Le_Domain: 'example.com',
      CA: 'https://ca.test/directory',
      RENEW_DAYS: '20',
      Le_ReloadCmd: 'systemctl reload nginx',
      HOOK: '$(touch',
    });
  });
});

it.each([
  ['example.com', 'example.com'],
  ['Example.com-0001', 'example.com-0001'],
  ['_.example.com', 'wildcard.example.com'],
  ['*.example.com', 'wildcard.example.com'],
])('calls %s %s', (name, lineage) => {
  expect(lineageNameOf(name)).toBe(lineage);
});
