/** What a person does, by reason; docs/operations.md has a paragraph for each. What is not here is looked after by itself. */
const REMEDIES: Record<string, string> = {
  'account-malformed':
    'delete the parameter that the message names; the account is found again or registered anew',
  'account-missing': 'nothing: the next renewal registers an account',
  'acm-access-denied':
    "compare the function's role with resources/acm.yml, and look at the organization's policies",
  'acm-limit-exceeded': 'delete certificates in ACM that nobody uses, or ask AWS for a higher quota',
  'acm-refuses-certificate':
    'set "key" in the renewal file to a type that ACM takes, such as rsa-2048 or ecdsa-p256',
  'acm-region-disabled': 'enable the region for the account, or take it out of "acm" in the renewal file',
  'acm-unavailable': 'nothing: every hourly check tries again',
  'ambiguous-hosted-zone': 'delete the hosted zone that the domain is not delegated to',
  'archive-incomplete': 'renew the certificate with --force',
  'archive-mismatch': 'renew the certificate with --force, and find out who wrote into archive/',
  'bad-key': 'rename the file in renewal/ to <name>.json',
  'bad-lineage-name': 'rename the file in renewal/, for example to example.com.json',
  'bucket-missing': 'run npx serverless deploy',
  'ca-answer-malformed': 'look at the status page of the CA; the next try asks again',
  'ca-timeout': 'look at the status page of the CA, or name a second one in params.fallbackDirectoryUrls',
  'ca-unavailable': 'look at the status page of the CA, or name a second one in params.fallbackDirectoryUrls',
  'ca-unreachable': 'look at the status page of the CA, or name a second one in params.fallbackDirectoryUrls',
  'caa-forbids': 'let the CAA record allow the CA, or set "caa" in the renewal file',
  'caa-unknown-critical': 'remove the critical CAA property that no CA knows',
  'caa-wrong-account': 'let accounturi in the CAA record name this account, or remove it',
  'canary-failed': 'mend what the host that went first reports',
  'canary-slow': 'see whether the host and its SSM agent run; the next check sends it again',
  'challenge-restricted': 'leave "caa.restrict" out of the renewal file, or "challenge"',
  'chain-malformed': 'nothing at once; if it stays, tell the CA',
  'challenge-invalid': 'look at the proof in the DNS with doctor: delegation, CNAMEs and CAA of the names',
  'cname-loop': 'remove the CNAMEs that lead back to themselves',
  'delegated-elsewhere':
    'delegate the domain to the hosted zone, or put its challenge name into one by a CNAME',
  'dns-unavailable': "see whether the domain's name servers answer; the next try asks again",
  'document-missing': 'run npx serverless deploy',
  'events-unavailable': "compare the function's role with resources/roles.yml; the next check tries again",
  'expires-earlier': 'nothing at once; if it stays, look at "profile" in the renewal file',
  'already-expired': 'nothing at once; if it stays, tell the CA',
  'external-account-malformed':
    'put keyId and hmacKey into the parameter as README says ("External account")',
  'external-account-missing': 'put the key that the CA gave you into the parameter that the message names',
  'host-record-malformed': 'delete the record; the next deployment writes it anew',
  'hosts-access-denied':
    "compare the function's role with resources/roles.yml, and look at the organization's policies",
  'hosts-offline': 'start the hosts, or their SSM agents; the next check that finds them online deploys',
  'hosts-unavailable': 'nothing: every hourly check tries again',
  'key-mismatch': 'nothing: the next try orders anew',
  'names-mismatch': 'nothing at once; if it stays, look at the names and "profile" in the renewal file',
  'no-hosted-zone': 'create a public hosted zone for the domain in this account, or name a "zoneRole"',
  'no-hosts': 'tag a host perennial-group=<group>, or take the group out of the renewal file',
  'not-yet-valid': 'nothing: the next try is when it is valid',
  'only-private-zone': 'create a public hosted zone for the domain beside the private one',
  'order-not-valid': 'nothing at once: the next try orders anew',
  'outside-challenge-targets': 'list the name in params.challengeTargets, or let the CNAME lead elsewhere',
  'outside-domains': 'add the domain to params.domains and deploy, or take the name out of the renewal file',
  overdue: 'ask plan why it waits, and doctor what is in the way',
  'parameter-unavailable':
    "compare renew's role with resources/roles.yml, and look at the key of the parameter",
  'pending-malformed': 'remove values at _acme-challenge that stay there for over a day',
  'pointer-malformed': 'nothing; find out who wrote there',
  'pointer-mismatch': 'nothing; find out who wrote there',
  'profile-unknown': 'take "profile" out of the renewal file, or give one that the message lists',
  'record-not-simple':
    'remove the record with a routing policy at the name, or alias the challenge name elsewhere',
  'record-refused': 'look at the records of the name with doctor',
  'renewal-file-invalid': 'mend the renewal file and upload it again',
  'renewal-file-missing': 'upload the renewal file again, or leave the certificate to expire',
  'server-name-not-covered': 'let "serverNames" in the renewal file be among what its names cover',
  'revocations-malformed': 'delete the object that the message names, and revoke again what was revoked',
  'renews-for-ever': 'mend "renewBeforeDays" in the renewal file: it is longer than the certificate lives',
  'schedule-too-coarse': 'set params.checkEveryHours as the message says and deploy',
  'settings-invalid': 'mend params in serverless.yml and deploy',
  'site-trouble': 'do what the message says for the site',
  'standing-record-missing':
    'put the standing TXT record of dns-persist-01 that the message gives into the DNS',
  'state-malformed': 'nothing',
  'store-access-denied':
    "compare the function's role with resources/roles.yml, and look at the bucket's key and policies",
  'store-unavailable': 'nothing: every hourly check tries again',
  'terms-not-agreed': 'read the terms of the CA, set agreeToTerms and deploy',
  'unexpected-error': "look at the function's log, and tell the project",
  'unknown-host-group': 'add the group to params.hostGroups and deploy, or take it out of the renewal file',
  'unknown-zone-role': 'add the role to params.zoneRoles and deploy, or mend "zoneRole" in the renewal file',
  'wait-limit-reached':
    'look whether the name servers of the domain answer and agree; the next try waits again',
  'zone-access-denied':
    "compare the function's role with resources/roles.yml, or the zone role's policy with README",
  'zone-missing': 'create the hosted zone again, or delegate the domain to the one that is there',
  'zone-role-denied': 'let the zone role trust this account, with the external id of params.zoneRoles',
  'zone-unavailable': 'nothing: the next try asks again',
};

/** One paragraph for all that the CA, Systems Manager or a host says in words of its own. */
const FAMILIES: readonly { begin: string; anchor: string; remedy: string }[] = [
  {
    begin: 'acme-user-action-required',
    anchor: 'operations.md#acme-user-action-required',
    remedy: 'agree to the terms at the address in the message',
  },
  {
    begin: 'acme-rate-limited',
    anchor: 'operations.md#acme-rate-limited',
    remedy: 'wait: it is tried again when the CA said',
  },
  { begin: 'acme-', anchor: 'operations.md#acme-', remedy: 'do what the CA says in the message' },
  {
    begin: 'ssm-',
    anchor: 'operations.md#ssm-',
    remedy: 'see whether the host runs, and its SSM agent with it; the next check sends it again',
  },
];

export interface Remedy {
  /** What to do, in one line. */
  words: string;
  /** Of docs/. */
  anchor: string;
}

/** The reasons that have a remedy of their own. */
export const KNOWN_REASONS: readonly string[] = [
  ...Object.keys(REMEDIES),
  ...FAMILIES.map(({ begin }) => begin),
];

/** What to do about a reason; one that is not known here comes from a host, and docs/hosts.md has it. */
export function remedyOf(reason: string): Remedy {
  const words = REMEDIES[reason];
  if (words !== undefined) return { words, anchor: `operations.md#${reason}` };
  const family = FAMILIES.find(({ begin }) => reason.startsWith(begin));
  if (family) return { words: family.remedy, anchor: family.anchor };
  return {
    words: 'mend what the host says; the next check sends it again',
    anchor: 'hosts.md#what-a-host-reports',
  };
}
