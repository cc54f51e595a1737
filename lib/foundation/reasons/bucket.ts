import { type Row, rows } from './row.ts';

export const STORE = {
  'bucket-missing': 'run npx serverless deploy',
  'store-access-denied':
    "compare the function's role with resources/roles.yml, and look at the bucket's key and policies",
  'store-unavailable': ['nothing: every hourly check tries again', 'without-end'],
} satisfies Record<string, Row>;

/** Renewal files, settings, and other objects of the bucket. */
export const FILES = {
  'renewal-file-invalid': ['mend the renewal file and upload it again', 'says-remedy'],
  'renewal-file-missing': 'upload the renewal file again, or leave the certificate to expire',
  'bad-lineage-name':
    'rename the file in renewal/, for example to example.com.json; not in a folder below it',
  'bad-key': 'rename the file in renewal/ to <name>.json',
  'stray-object': ['remove the object, or upload it where it belongs', 'harmless'],
  'outside-domains': 'add the domain to params.domains and deploy, or take the name out of the renewal file',
  'renews-for-ever': 'mend "renewBeforeDays" in the renewal file: it is longer than the certificate lives',
  'schedule-too-coarse': 'set params.checkEveryHours as the message says and deploy',
  'challenge-restricted': 'leave "caa.restrict" out of the renewal file, or "challenge"',
  'server-name-not-covered': 'let "serverNames" in the renewal file be among what its names cover',
  'unknown-host-group': 'add the group to params.hostGroups and deploy, or take it out of the renewal file',
  'unknown-ca': 'add the directory to params.cas and deploy, or mend "ca" in the renewal file',
  'unknown-zone-role': 'add the role to params.zoneRoles and deploy, or mend "zoneRole" in the renewal file',
  'settings-invalid': ['mend settings.yml and deploy', 'says-remedy'],
  'pending-malformed': 'remove values at _acme-challenge that stay there for over a day',
  'records-out-of-reach': 'remove by hand the values that the message names; they do no harm',
  ...rows(
    'nothing: the next hourly check makes it anew; find out who wrote there',
    'pointer-malformed',
    'pointer-mismatch',
  ),
  'state-malformed': 'nothing',
  unreadable:
    'nothing where the pointer is meant; delete a record in revoked/, and revoke again what was revoked',
  'revocations-malformed': 'delete the object that the message names, and revoke again what was revoked',
  'bucket-newer': 'deploy the release that the message names, or a newer one',
  'events-unavailable': "compare the function's role with resources/roles.yml; the next check tries again",
  'chat-refused': 'put the address of the chat anew: perennial-tls chat NAME < FILE',
  'chat-malformed': 'put the address of the chat anew: perennial-tls chat NAME < FILE',
  'unexpected-error': "look at the function's log, and tell the project",
  ...rows('', 'bad-version', 'bad-instance-id', 'event-invalid', 'notices-unavailable'),
} satisfies Record<string, Row>;
