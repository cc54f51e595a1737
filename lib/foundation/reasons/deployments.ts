import { all, type Row, rows } from './row.ts';

export const SYSTEMS_MANAGER = {
  'document-missing': 'run npx serverless deploy',
  'hosts-access-denied':
    "compare the function's role with resources/roles.yml, and look at the organization's policies",
  'hosts-unavailable': 'nothing: every hourly check tries again',
};

/** How a deployment ends. `ssm-…` is every end of a command without a row of its own. */
export const DEPLOYMENT = {
  ...SYSTEMS_MANAGER,
  ...all('nobody-there', {
    'no-hosts':
      "tag a host of the stack's region perennial-group=<group>, or take the group out of the renewal file",
    'hosts-offline': 'start the hosts, or their SSM agents; the next check that finds them online deploys',
  }),
  ...all('harmless', {
    'not-served':
      'let a server on the host use the files below live/, or give "serverNames" where there are only wildcards',
    'site-warning': 'do what the message says for the site, or leave it as it is',
  }),
  'hosts-unknown': 'allow ssm:DescribeInstanceInformation to the role of scan, as in resources/roles.yml',
  'canary-failed': ['mend what the host that went first reports', 'consequence'],
  'canary-slow': [
    'see whether the host and its SSM agent run; the next check sends it again',
    'consequence',
    'passing',
  ],
  'window-overridden':
    'nothing at once; let the windows of the group in params.hostGroups open more often, or its freezes be shorter',
  ...rows('', 'outside-window', 'frozen'),
  'host-record-malformed': 'delete the record; the next deployment writes it anew',
  'ssm-…': 'see whether the host runs, and its SSM agent with it; the next check sends it again',
  ...rows(['', 'never-ran', 'consequence', 'passing'], 'ssm-terminated', 'ssm-cancelled'),
  ...rows(['', 'passing'], 'ssm-delivery-timed-out', 'ssm-undeliverable'),
  'site-trouble': 'do what the message says for the site',
  ...rows('', 'canary-installed', 'certificate-renewed', 'host-behind', 'host-new', 'asked'),
  ...rows('', 'still-running', 'not-ours', 'nothing-new', 'not-wanted', 'probed-since'),
} satisfies Record<string, Row>;

/** The reports of the script on a host; docs/reference/hosts.md explains them. */
export const HOST_REPORT = {
  ...rows('', 'new-certificate-served', 'already-served', 'nothing-serves-it', 'no-name-to-ask'),
  ...rows('', 'nginx-test-failed', 'reload-failed', 'hook-failed', 'no-hooks', 'mounted-file'),
  ...rows('', 'old-certificate-served', 'other-certificate-served', 'not-answering', 'roll-back-failed'),
  ...rows(['', 'container'], 'container-engine-missing', 'container-not-found', 'container-restarting'),
  ...rows('', 'nginx-missing', 'nginx-not-running', 'pointer-missing', 'pointer-malformed'),
  ...rows(['', 'of-archive'], 'object-missing', 'hash-mismatch'),
  ...rows('', 'key-mismatch', 'names-mismatch', 'expired'),
  ...rows('', 'not-yet-valid', 'clock-wrong', 'access-denied', 'no-credentials', 'fetch-failed'),
  ...rows('', 'disk-full', 'read-only', 'permission-denied', 'root-not-writable', 'wrong-owner'),
  ...rows('', 'not-a-folder', 'writable-by-others', 'hook-unsafe', 'version-older', 'out-of-time'),
  ...rows('', 'readers-lost', 'mounted-writable'),
  ...rows(['', 'passing'], 'locked'),
  ...rows('', 'live-in-the-way', 'bad-parameter', 'agent-too-old', 'aws-cli-missing'),
  'openssl-missing': '',
  'python3-missing': '',
};
