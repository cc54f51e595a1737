import { rows } from './row.ts';

export const CERTIFICATE_MANAGER = {
  'acm-access-denied':
    "compare the function's role with resources/acm.yml, and look at the organization's policies",
  'acm-limit-exceeded': 'delete certificates in ACM that nobody uses, or ask AWS for a higher quota',
  'acm-refuses-certificate':
    'set "key" in the renewal file to a type that ACM takes, such as rsa-2048 or ecdsa-p256',
  'acm-refuses-replacement':
    'ACM keeps the type and size of the key of an import: set "key" in the renewal file back, or have its users take another certificate and delete this one in ACM, and the next check imports anew',
  'acm-region-disabled': 'enable the region for the account, or take it out of "acm" in the renewal file',
  'acm-unavailable': 'nothing: every hourly check tries again',
};

/** How an import ends. */
export const IMPORT = {
  ...CERTIFICATE_MANAGER,
  'archive-incomplete': 'renew the certificate with --force',
  'archive-mismatch': 'renew the certificate with --force, and find out who wrote into archive/',
  ...rows('', 'renewed', 'found-by-tags', 'first-import', 'deleted-in-acm', 'region-removed'),
  ...rows(['', 'left'], 'out-of-time'),
};
