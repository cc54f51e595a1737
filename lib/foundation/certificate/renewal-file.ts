import * as z from 'zod/mini';
import { printable } from '../common/explain-issues.ts';
import { InputError } from '../common/input-error.ts';
import { parseWrittenJson } from '../common/parse-json.ts';
import type { Reason } from '../reasons/reasons.ts';
import { complaintAboutName } from './complaint-about-name.ts';
import { DIRECTORY_COMPLAINT, DIRECTORY_URL } from './directory-url.ts';
import { covers, identifierOf, isAtOrBelow, isWildcard } from './domain-name.ts';
import { groupsTag, MOST_TAG } from './groups-tag.ts';
import type { Stack } from './stack.ts';

export const KEY_TYPES = ['ecdsa-p256', 'ecdsa-p384', 'rsa-2048', 'rsa-3072', 'rsa-4096'] as const;
export type KeyType = (typeof KEY_TYPES)[number];

const nameWith = (complaintAbout: (name: string) => string | undefined) =>
  z.string().check(({ value, issues }) => {
    const complaint = complaintAbout(value);
    if (complaint)
      issues.push({ code: 'custom', input: value, message: `"${printable(value)}" ${complaint}` });
  });
const DnsName = nameWith(complaintAboutName);
/** Of one host or one CA. */
const PlainName = nameWith((name) =>
  isWildcard(name) ? 'is a wildcard; write the names it stands for' : complaintAboutName(name),
);

const Names = z
  .array(DnsName)
  .check(
    z.minLength(1, 'lists no name; give at least one'),
    z.maxLength(100, 'lists over 100 names, more than a CA takes in one certificate; split the file'),
    noneTwice,
  );

function noneTwice({ value, issues }: z.core.ParsePayload<string[]>): void {
  const twice = value.find((item, index) => value.indexOf(item) !== index);
  if (twice !== undefined)
    issues.push({ code: 'custom', input: twice, message: `lists "${printable(twice)}" twice` });
}

const matching = (pattern: RegExp, complaint: string) => z.string().check(z.regex(pattern, complaint));
const Directory = matching(DIRECTORY_URL, DIRECTORY_COMPLAINT);

const Directories = z
  .array(Directory)
  .check(
    z.minLength(1, 'lists no CA; give at least one, or leave it out'),
    z.maxLength(5, 'lists over 5 CAs'),
    noneTwice,
  );

const CaaWanted = z.strictObject({
  mode: z._default(z.enum(['manage', 'check', 'off']), 'manage'),
  /** Whether our values bind the CA to our account and to DNS-01 (RFC 8657). */
  restrict: z._default(z.boolean(), false),
  /** CAs that our CAA sets allow too; the stack's `alsoAllow` when absent. */
  alsoAllow: z.optional(
    z.array(PlainName).check(z.maxLength(20, 'lists over 20 CAs; leave some out'), noneTwice),
  ),
  iodef: z.optional(
    matching(
      // Quotes and backslashes have a meaning of their own in a CAA value.
      /^(mailto:|https?:\/\/)[\x21\x23-\x5b\x5d-\x7e]{1,200}$/,
      'must be a mailto:, http: or https: address, without quotes and backslashes',
    ),
  ),
});

/** The import finds out whether the account has ACM in this region. */
const Region = matching(
  /^(af|ap|ca|cn|eu|eusc-de|il|me|mx|sa|us|us-gov)-(north|south|east|west|central|(north|south)(east|west))-\d$/,
  'is not an AWS region, as in us-east-1',
);

/** `acm` of a renewal file: the regions whose ACM gets the certificate. */
export const AcmWanted = z.array(z.strictObject({ region: Region })).check(
  z.maxLength(10, 'lists over 10 regions; leave out those without a load balancer or a distribution'),
  z.refine(
    (wanted) => new Set(wanted.map(({ region }) => region)).size === wanted.length,
    'lists a region twice',
  ),
);

/** `renewal/<name>.json`: what a user wants of one certificate. */
export const RenewalFile = z.strictObject({
  /** For completion in editors. */
  $schema: z.optional(z.string()),
  names: Names,
  key: z._default(z.enum(KEY_TYPES), 'ecdsa-p256'),
  hosts: z._default(z.array(z.string()), []),
  serverNames: z._default(
    z
      .array(PlainName)
      .check(z.maxLength(20, 'lists over 20 names, more than a host is asked for; leave some out')),
    [],
  ),
  /** One ACME directory, or several in the order to try. */
  ca: z.optional(
    z.pipe(
      z.transform((ca: unknown) => (typeof ca === 'string' ? [ca] : ca)),
      Directories,
    ),
  ),
  profile: z.optional(matching(/^[A-Za-z0-9_-]{1,64}$/, 'is not a profile name')),
  /** Common name of the chain's root; the CA chooses when it is absent, or when there is no such chain. */
  preferredChain: z.optional(matching(/^[\x20-\x7e]{1,100}$/, 'is not the common name of a root')),
  /** `dns-persist-01` proves control by a persist record, without a change to the DNS. */
  challenge: z.optional(z.enum(['dns-01', 'dns-persist-01'])),
  /** Whether a renewal keeps the key; false when absent. */
  reuseKey: z.optional(z.boolean()),
  renewBeforeDays: z.optional(
    z.number().check(z.positive('must be over 0'), z.maximum(365, 'must be at most 365')),
  ),
  /** The role of params.zoneRoles for its hosted zones; when absent they are in the stack's own account. */
  zoneRole: z.optional(z.string()),
  caa: z._default(CaaWanted, { mode: 'manage', restrict: false }),
  acm: z.optional(AcmWanted),
  /** Whether its sites are probed from outside. */
  probe: z.optional(z.boolean()),
});

/** A parsed renewal file, which keeps all rules of the file and of the stack. */
export type Wanted = Omit<z.infer<typeof RenewalFile>, '$schema'> & { name: string };

/** Parses `renewal/<name>.json`; throws {@link InputError} in one line that names the file, the place and the remedy. */
export function parseRenewalFile(text: string, name: string, stack: Stack): Wanted {
  const where = `renewal/${name}.json`;
  const { $schema, ...file } = parseWrittenJson(text, RenewalFile, { where, reason: 'renewal-file-invalid' });
  const refuse = (reason: Reason, seen: string, remedy = ''): never => {
    throw new InputError(reason, { seen: `${where}: ${seen}`, remedy });
  };
  const listed = (known: readonly { name: string }[]) => known.map((one) => one.name).join(', ') || 'none';
  const { domains, hostGroups, zoneRoles, cas, defaultCa, fallbackCas } = stack;
  for (const dnsName of file.names) {
    const identifier = identifierOf(dnsName);
    if (!domains.some((domain) => isAtOrBelow(identifier, domain)))
      refuse(
        'outside-domains',
        `"${dnsName}" is outside the stack's domains (${domains.join(', ') || 'none'})`,
        `add "${identifier}" to domains in settings.yml and deploy`,
      );
  }
  for (const group of file.hosts)
    if (!hostGroups.some((known) => known.name === group))
      refuse(
        'unknown-host-group',
        `host group "${printable(group)}" is not one of ${listed(hostGroups)}`,
        'add it to hostGroups in settings.yml and deploy',
      );
  const tag = groupsTag(file.hosts).length;
  if (tag > MOST_TAG)
    refuse(
      'renewal-file-invalid',
      `hosts: ${file.hosts.length} groups make ${tag} characters, and the tag of an object in S3 takes ${MOST_TAG}`,
      'name fewer groups, or shorter ones: hosts with the same certificates can be in one',
    );
  const listedCas = [...cas, defaultCa, ...fallbackCas];
  const otherCa = cas.length > 0 && file.ca?.find((directory) => !listedCas.includes(directory));
  if (otherCa)
    refuse(
      'unknown-ca',
      `ca "${printable(otherCa)}" is not one of ${listedCas.join(', ')}`,
      'add it to cas in settings.yml and deploy',
    );
  const role = file.zoneRole;
  if (role !== undefined && !zoneRoles.some((known) => known.name === role))
    refuse(
      'unknown-zone-role',
      `zone role "${printable(role)}" is not one of ${listed(zoneRoles)}`,
      `add it to zoneRoles in settings.yml, as in ${printable(role)}: { roleArn: "arn:aws:iam::123456789012:role/dns" }, and deploy`,
    );
  if (file.challenge === 'dns-persist-01' && file.caa.restrict)
    refuse(
      'challenge-restricted',
      'caa.restrict binds the CA to dns-01',
      'leave it out with "challenge": "dns-persist-01"',
    );
  const stranger = file.serverNames.find((server) => !file.names.some((pattern) => covers(pattern, server)));
  if (stranger)
    refuse('server-name-not-covered', `serverNames lists "${stranger}", which names does not cover`);
  return { ...file, name };
}
