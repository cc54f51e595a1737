import * as z from 'zod/mini';
import { printable } from '../common/explain-issues.ts';
import { InputError } from '../common/input-error.ts';
import { parseJson } from '../common/parse-json.ts';
import { complaintAboutName, covers, identifierOf, isAtOrBelow } from './domain-name.ts';
import type { Stack } from './stack.ts';

export const KEY_TYPES = ['ecdsa-p256', 'ecdsa-p384', 'rsa-2048', 'rsa-3072', 'rsa-4096'] as const;
export type KeyType = (typeof KEY_TYPES)[number];

const DnsName = z.string().check((context) => {
  const complaint = complaintAboutName(context.value);
  if (complaint)
    context.issues.push({
      code: 'custom',
      input: context.value,
      message: `"${printable(context.value)}" ${complaint}`,
    });
});

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

const Directory = z
  .string()
  .check(z.regex(/^https:\/\/\S+$/, 'must be the https address of an ACME directory'));

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
  /** CAs that a set of ours allows besides; the stack's `alsoAllow` when absent. */
  alsoAllow: z.optional(z.array(DnsName)),
  iodef: z.optional(
    z
      .string()
      .check(
        z.regex(/^(mailto:|https?:\/\/)[\x21-\x7e]{1,200}$/, 'must be a mailto:, http: or https: address'),
      ),
  ),
});

/** An AWS region's name; whether ACM is there for this account, the import finds out. */
const Region = z
  .string()
  .check(
    z.regex(
      /^(af|ap|ca|cn|eu|il|me|mx|sa|us|us-gov)-(north|south|east|west|central|(north|south)(east|west))-\d$/,
      'is not an AWS region, as in us-east-1',
    ),
  );
/** `acm` of a renewal file: the regions whose ACM gets the certificate. */
export const AcmWanted = z.array(z.strictObject({ region: Region })).check(
  z.maxLength(10, 'lists over 10 regions; leave out those without a load balancer or a distribution'),
  z.refine(
    (wanted) => new Set(wanted.map(({ region }) => region)).size === wanted.length,
    'lists a region twice',
  ),
);

/** The shape of `renewal/<name>.json`, what a user wants of one certificate. */
export const RenewalFile = z.strictObject({
  /** For editors, which complete by it. */
  $schema: z.optional(z.string()),
  names: Names,
  key: z._default(z.enum(KEY_TYPES), 'ecdsa-p256'),
  hosts: z._default(z.array(z.string()), []),
  serverNames: z._default(z.array(DnsName), []),
  /** One ACME directory, or several in the order in which they are tried. */
  ca: z.optional(
    z.pipe(
      z.transform((ca: unknown) => (typeof ca === 'string' ? [ca] : ca)),
      Directories,
    ),
  ),
  profile: z.optional(z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/, 'is not a profile name'))),
  /** Common name of the root that the chain shall lead to; the CA's own choice when absent, or when it has no such chain. */
  preferredChain: z.optional(
    z.string().check(z.regex(/^[\x20-\x7e]{1,100}$/, 'is not the common name of a root')),
  ),
  /** How control is proved; `dns-persist-01` by a standing record, without a change to the DNS. */
  challenge: z.optional(z.enum(['dns-01', 'dns-persist-01'])),
  /** Whether a renewal keeps the key; a new one each time when absent. */
  reuseKey: z.optional(z.boolean()),
  renewBeforeDays: z.optional(
    z.number().check(z.positive('must be over 0'), z.maximum(365, 'must be at most 365')),
  ),
  /** The role of params.zoneRoles through which its hosted zones are reached; in the stack's own account when absent. */
  zoneRole: z.optional(z.string()),
  caa: z._default(CaaWanted, { mode: 'manage', restrict: false }),
  /** Where ACM gets the certificate too. */
  acm: z.optional(AcmWanted),
  /** Whether its sites are looked at from outside. */
  probe: z.optional(z.boolean()),
});

/** One certificate as wanted; all rules of the file and of the stack are met. */
export type Wanted = Omit<z.infer<typeof RenewalFile>, '$schema'> & { name: string };

/** Parses `renewal/<name>.json`; throws {@link InputError} in one line that names the file, the place and the remedy. */
export function parseRenewalFile(text: string, name: string, stack: Stack): Wanted {
  const where = `renewal/${name}.json`;
  const { $schema, ...file } = parseJson(text, RenewalFile, { where, reason: 'renewal-file-invalid' });
  for (const dnsName of file.names) {
    if (!stack.domains.some((domain) => isAtOrBelow(identifierOf(dnsName), domain))) {
      throw new InputError('outside-domains', {
        seen: `${where}: "${dnsName}" is outside the stack's domains (${stack.domains.join(', ') || 'none'})`,
        remedy: `add "${identifierOf(dnsName)}" to params.domains in serverless.yml and deploy`,
      });
    }
  }
  const groups = stack.hostGroups.map((known) => known.name);
  for (const group of file.hosts) {
    if (!groups.includes(group)) {
      throw new InputError('unknown-host-group', {
        seen: `${where}: host group "${printable(group)}" is not one of ${groups.join(', ') || 'none'}`,
        remedy: 'add it to params.hostGroups in serverless.yml and deploy',
      });
    }
  }
  const { zoneRole } = file;
  const roles = stack.zoneRoles.map((known) => known.name);
  if (zoneRole !== undefined && !roles.includes(zoneRole)) {
    throw new InputError('unknown-zone-role', {
      seen: `${where}: zone role "${printable(zoneRole)}" is not one of ${roles.join(', ') || 'none'}`,
      remedy: `add it to params.zoneRoles in serverless.yml, as in ${printable(zoneRole)}: { roleArn: "arn:aws:iam::123456789012:role/dns" }, and deploy`,
    });
  }
  if (file.challenge === 'dns-persist-01' && file.caa.restrict)
    throw new InputError('challenge-restricted', {
      seen: `${where}: caa.restrict binds the CA to dns-01`,
      remedy: 'leave it out with "challenge": "dns-persist-01"',
    });
  const stranger = file.serverNames.find((server) => !file.names.some((pattern) => covers(pattern, server)));
  if (stranger)
    throw new InputError(
      'server-name-not-covered',
      `${where}: serverNames lists "${stranger}", which names does not cover`,
    );
  return { ...file, name };
}
