import { all, type Row } from './row.ts';

const DOWN = 'look at the status page of the CA, or name a second one in params.fallbackDirectoryUrls';

/** The CA's answers, and our account there. `acme-…` is every problem type without a row of its own. */
export const CA = {
  'ca-unreachable': [DOWN, 'ca-down', 'tried-at-once'],
  'ca-timeout': [DOWN, 'ca-down'],
  'ca-unavailable': [DOWN, 'ca-down', 'tried-at-once', 'of-account', 'of-order'],
  'ca-answer-malformed': ['look at the status page of the CA; the next try asks again', 'of-order'],
  'acme-…': ['do what the CA says in the message', 'refused'],
  'acme-server-internal': ['', 'ca-down', 'tried-at-once', 'of-account'],
  'acme-malformed': ['', 'refused', 'order-unknown', 'against-replaces'],
  'acme-unauthorized': ['', 'refused', 'order-unknown', 'against-replaces'],
  'acme-bad-csr': ['', 'refused', 'of-key'],
  'acme-bad-public-key': ['', 'refused', 'of-key'],
  'acme-already-replaced': ['', 'refused', 'against-replaces'],
  'acme-user-action-required': [
    'agree to the terms at the address in the message',
    'refused',
    'of-account',
    'agreement',
  ],
  'acme-rate-limited': [
    'wait: it is tried again when the CA said',
    'refused',
    'asks-to-wait',
    'not-of-proof',
  ],
  'acme-caa': [
    'let CAA of the names in the message allow the CA; doctor shows the records',
    'refused',
    'not-of-proof',
  ],
  'acme-dns': ['see with doctor whether the name servers of the names in the message answer', 'refused'],
  'acme-rejected-identifier': [
    'take the names that the message gives out of the renewal file, or name another CA for them',
    'refused',
    'not-of-proof',
  ],
  'ca-asks-to-wait': ['wait: the order is resumed when the CA asked', 'asks-to-wait'],
  'challenge-invalid': 'look at the proof in the DNS with doctor: delegation, CNAMEs and CAA of the names',
  'order-not-valid': 'nothing at once: the next try orders anew',
  'dns-01-not-offered': 'name a CA that offers dns-01 as "ca" in the renewal file',
  'dns-persist-01-not-offered': 'take "challenge" out of the renewal file, or name a CA that offers it',
  'standing-record-missing':
    'put the standing TXT record of dns-persist-01 that the message gives into the DNS',
  'profile-unknown': 'take "profile" out of the renewal file, or give one that the message lists',
  'terms-not-agreed': ['read the terms of the CA, set agreeToTerms and deploy', 'agreement'],
  'account-missing': ['nothing: the next renewal registers an account', 'refused'],
  'account-malformed': 'remove the object that the message names; an account is registered anew',
  'external-account-missing':
    'put the key that the CA gave you there with the command that the message names',
  'external-account-malformed': 'put kid and hmacKey there again with the command eab (docs/guides/cas.md)',
  'parameter-unavailable':
    "compare the function's role with the ones in resources/, and look at the key of the parameter",
  'renewal-info-malformed': '',
} satisfies Record<string, Row>;

/** What is wrong with a certificate that the CA issued. */
export const CERTIFICATE = {
  ...all('wrong-certificate', {
    'chain-malformed': 'nothing at once; if it stays, tell the CA',
    'names-mismatch': 'nothing at once; if it stays, look at the names and "profile" in the renewal file',
    'key-mismatch': 'nothing: the next try orders anew',
    'already-expired': 'nothing at once; if it stays, tell the CA',
    'expires-earlier': 'nothing at once; if it stays, look at "profile" in the renewal file',
  }),
  'not-yet-valid': 'nothing: the next try is when it is valid',
};
