// The form of each parameter, and how it is read where it is given as text.
const { parse } = require('tldts');
const z = require('zod/mini');
const {
  complaintAboutDnsName,
  complaintAboutName,
} = require('../lib/foundation/certificate/complaint-about-name.ts');
const { isWildcard } = require('../lib/foundation/certificate/domain-name.ts');
const { DIRECTORY_COMPLAINT, DIRECTORY_URL } = require('../lib/foundation/certificate/directory-url.ts');
const { printable } = require('../lib/foundation/common/explain-issues.ts');
const { readCaRoots } = require('../lib/foundation/certificate/ca-roots.ts');
const { HostGroupSettings } = require('../lib/foundation/certificate/host-group.ts');
const { MOST_CERTIFICATES, USUAL_CERTIFICATES } = require('./rules/memory-for.ts');
const { ZONE_ROLE_NAME, ZoneRoleSettings } = require('../lib/foundation/certificate/zone-role.ts');

const TERMS = 'https://letsencrypt.org/repository/';

const domainWithout = (complaintAbout) =>
  z.string().check(({ value, issues }) => {
    const complaint = isWildcard(value) ? 'is a wildcard; write the domain itself' : complaintAbout(value);
    if (complaint)
      issues.push({ code: 'custom', message: `"${printable(value)}" ${complaint}`, input: value });
  });

const Domain = domainWithout(complaintAboutName);
/** Of a public suffix, such as co.uk, no CA issues for the name itself or its wildcard (publicsuffix.org, ICANN section). */
const OwnDomain = domainWithout((name) => {
  const { publicSuffix, isIcann } = parse(name, { allowPrivateDomains: false });
  return isIcann && publicSuffix === name
    ? 'is a public suffix; write the domain that you have below it'
    : complaintAboutName(name);
});
/** Names that are only for the DNS, such as _acme-challenge.example.com, have underscores. */
const ChallengeTarget = domainWithout(complaintAboutDnsName);

const Directory = z.string().check(z.regex(DIRECTORY_URL, DIRECTORY_COMPLAINT));

const Params = z.object({
  contact: z.string().check(
    // As a CA takes it in a mailto address (RFC 8555, 7.3): in ASCII, without header fields.
    z.regex(/^[\w.!#$&'*+/=^`{|}~-]+@[\w-]+(\.[\w-]+)+$/, 'must be one mail address, as in you@example.com'),
  ),
  agreeToTerms: z
    .boolean()
    .check(
      z.refine((agreed) => agreed, `must be true, which says that you agree to the CA's terms (${TERMS})`),
    ),
  notify: z.optional(
    z.array(
      z
        .string()
        .check(
          z.regex(
            /^([^\s@,<>:]+@[^\s@,<>:]+\.[^\s@,<>:]+|https:\/\/[^\s,]+|arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[\w.-]+)$/,
            'must be a mail address, an https address or the ARN of an SQS queue',
          ),
        ),
    ),
  ),
  docsUrl: z._default(
    z.string().check(z.regex(/^[^\s"]+$/, 'must be an address, or the folder docs')),
    'docs',
  ),
  domains: z.array(OwnDomain).check(z.minLength(1, 'lists no domain')),
  alsoAllow: z.array(Domain),
  challengeTargets: z.array(ChallengeTarget),
  directoryUrl: z.optional(Directory),
  cas: z._default(z.array(Directory).check(z.maxLength(20, 'lists over 20 CAs')), []),
  caAtLoopback: z._default(z.enum(['', 'true']), ''),
  fallbackDirectoryUrls: z.array(Directory).check(z.maxLength(4, 'lists over 4 CAs')),
  caRoots: z._default(
    z.string().check(({ value, issues }) => {
      const { complaint } = readCaRoots(value, new Date());
      // Without the input, which may be a key.
      if (complaint) issues.push({ code: 'custom', message: complaint, input: undefined });
    }),
    '',
  ),
  hostGroups: z.record(
    z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,63}$/)),
    HostGroupSettings,
    'a group name may hold only a-z, 0-9 and "-"',
  ),
  hostRoles: z.record(
    z.string().check(z.regex(/^(\*|[a-z0-9][a-z0-9-]{0,63})$/)),
    z.array(
      z
        .string()
        .check(
          z.regex(
            /^arn:aws[a-z-]*:iam::\d{12}:(role|user)\/[\w+=,.@/-]{1,576}$/,
            'must be the ARN of an IAM role or user',
          ),
        ),
    ),
    'a group is named as in hostGroups, or "*" for every key',
  ),
  kmsKeyArn: z
    .string()
    .check(
      z.regex(
        /^(arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+)?$/,
        'must be the ARN of a KMS key, or empty',
      ),
    ),
  bucket: z._default(
    z
      .string()
      .check(z.regex(/^([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?$/, 'must be the name of a bucket, or empty')),
    '',
  ),
  permissionsBoundary: z._default(
    z
      .string()
      .check(
        z.regex(
          /^(arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/[\w+=,.@/-]{1,512})?$/,
          'must be the ARN of an IAM policy, or empty',
        ),
      ),
    '',
  ),
  tags: z._default(
    z
      .record(
        z.string().check(z.regex(/^(?!aws:)[\p{L}\p{N} _.:/=+@-]{1,128}$/iu)),
        z.string().check(z.regex(/^[\p{L}\p{N} _.:/=+@-]{0,256}$/u, 'has characters that a tag cannot have')),
        'a key of a tag has up to 128 letters, digits, spaces and _.:/=+@-, and does not begin with aws:',
      )
      .check(z.refine((tags) => Object.keys(tags).length <= 40, 'lists over 40 tags')),
    {},
  ),
  dashboard: z._default(z.boolean(), false),
  ordersPerRun: z
    .number()
    .check(
      z.refine((count) => Number.isInteger(count) && count >= 1, 'must be a whole number of at least 1'),
    ),
  certificates: z._default(
    z
      .number()
      .check(
        z.refine(
          (count) => Number.isInteger(count) && count >= 1 && count <= MOST_CERTIFICATES,
          `must be a whole number from 1 to ${MOST_CERTIFICATES}`,
        ),
      ),
    USUAL_CERTIFICATES,
  ),
  checkEveryHours: z
    .number()
    .check(
      z.refine(
        (hours) => Number.isInteger(hours) && hours >= 1 && hours <= 24,
        'must be a whole number from 1 to 24',
      ),
    ),
  zoneRoles: z.record(
    z.string().check(z.regex(ZONE_ROLE_NAME)),
    ZoneRoleSettings,
    'the name of a zone role may hold only a-z, 0-9 and "-"',
  ),
});

// --param gives strings: true, example.com,example.net and JSON.
const FROM_TEXT = {
  agreeToTerms: (text) => ({ true: true, false: false })[text] ?? text,
  domains: splitList,
  notify: (text) => (text === 'none' ? [] : splitList(text)),
  alsoAllow: splitList,
  challengeTargets: splitList,
  directoryUrl: (text) => text || undefined,
  fallbackDirectoryUrls: splitList,
  cas: splitList,
  hostGroups: parseJson,
  hostRoles: parseJson,
  dashboard: parseJson,
  ordersPerRun: parseJson,
  certificates: parseJson,
  checkEveryHours: parseJson,
  zoneRoles: parseJson,
  tags: parseJson,
};

function splitList(text) {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

module.exports = { FROM_TEXT, Params };
