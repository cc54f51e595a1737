import type { PlantedFault } from '../fault.ts';

const BUS = 'test/unit/adapters/aws/event-bus.test.ts';
const ZONES = 'test/unit/adapters/aws/route53-zones.test.ts';
const ACM = 'test/unit/adapters/aws/acm-answers.test.ts';
const S3 = 'test/unit/adapters/aws/s3-store.test.ts';
const SSM = 'test/unit/adapters/aws/ssm-hosts.test.ts';
const SMALL = 'test/unit/adapters/aws/mail-and-parameters.test.ts';

/** What is sent to AWS, and what is made of its answers. */
export const ADAPTERS: readonly PlantedFault[] = [
  {
    name: 'refused events are lost in silence',
    file: 'lib/adapters/aws/event-bus.ts',
    edits: [['    if (failed)\n', "    if (failed === 'never')\n"]],
    test: BUS,
  },
  {
    name: 'only the first event of a call is looked at',
    file: 'lib/adapters/aws/event-bus.ts',
    edits: [
      ['answer.Entries?.find(({ ErrorCode }) => ErrorCode)?.ErrorCode', 'answer.Entries?.[0]?.ErrorCode'],
    ],
    test: BUS,
  },
  {
    name: 'events after the tenth are left out',
    file: 'lib/adapters/aws/event-bus.ts',
    edits: [['of inCalls(entries))', 'of inCalls(entries).slice(0, 1))']],
    test: BUS,
  },
  {
    name: 'only the first hundred zones are read',
    file: 'lib/adapters/aws/route53-zones.ts',
    edits: [
      ['page.IsTruncated ? page.NextMarker : undefined', 'page.MaxItems === 0 ? page.NextMarker : undefined'],
    ],
    test: ZONES,
  },
  {
    name: 'private zones are taken for public ones',
    file: 'lib/adapters/aws/route53-zones.ts',
    edits: [['Config?.PrivateZone ?? false', 'Config?.Comment === undefined ? false : false']],
    test: ZONES,
  },
  {
    name: 'a private zone is chosen for a name',
    file: 'lib/issuance/dns/rules/hosted-zones.ts',
    edits: [
      [
        'holding.filter(({ isPrivate }) => !isPrivate)',
        'holding.filter(({ isPrivate }) => !isPrivate || isPrivate)',
      ],
    ],
    test: 'test/unit/issuance/hosted-zones.test.ts',
  },
  {
    name: 'a record set of a later name is taken for the one that was asked for',
    file: 'lib/adapters/aws/route53-zones.ts',
    edits: [
      [
        "bareName(found.Name ?? '') === name && found.Type",
        "bareName(found.Name ?? '') !== '' && found.Type",
      ],
    ],
    test: ZONES,
  },
  {
    name: 'records of a zone end with the first page',
    file: 'lib/adapters/aws/route53-zones.ts',
    edits: [
      ['if (!page.IsTruncated) return found;', 'if (page.IsTruncated !== undefined || true) return found;'],
    ],
    test: ZONES,
  },
  {
    name: 'a foreign certificate in ACM is overwritten',
    file: 'lib/adapters/aws/acm.ts',
    edits: [['tags.get(BUCKET_TAG) === this.#bucket ? tags.get(NAME_TAG) : undefined', 'tags.get(NAME_TAG)']],
    test: ACM,
  },
  {
    name: 'imports carry no tags',
    file: 'lib/adapters/aws/acm.ts',
    edits: [
      [
        '{ ...inputOf(certificate), Tags: this.#tags(name) }',
        '{ ...inputOf(certificate), Tags: this.#tags(name).slice(0, 0) }',
      ],
    ],
    test: ACM,
  },
  {
    name: 'an earlier import is looked for on the first page only',
    file: 'lib/adapters/aws/acm.ts',
    edits: [
      [
        '      if (after === undefined) return undefined;',
        '      if (after === undefined || page === 0) return undefined;',
      ],
    ],
    test: ACM,
  },
  {
    name: 'ACM is asked for RSA only',
    file: 'lib/adapters/aws/acm.ts',
    edits: [["['EC_prime256v1', 'EC_secp384r1', 'RSA_2048'", "['RSA_2048'"]],
    test: ACM,
  },
  {
    name: 'create overwrites in S3',
    file: 'lib/adapters/aws/s3-store.ts',
    edits: [["{ ...options, IfNoneMatch: '*' }", '{ ...options }']],
    test: S3,
  },
  {
    name: 'replace overwrites in S3',
    file: 'lib/adapters/aws/s3-store.ts',
    edits: [['{ ...options, IfMatch: etag });\n  }\n\n  async put', '{ ...options });\n  }\n\n  async put']],
    test: S3,
  },
  {
    name: 'S3 removes what has changed',
    file: 'lib/adapters/aws/s3-store.ts',
    edits: [['Key: key, IfMatch: etag }', 'Key: key, IfMatch: etag && undefined }']],
    test: S3,
  },
  {
    name: 'objects in S3 have no tag',
    file: 'lib/adapters/aws/s3-store.ts',
    edits: [['...(groups?.length && {', '...(groups === null && {']],
    test: S3,
  },
  {
    name: 'a list in S3 may be read by no group but the first',
    file: 'lib/foundation/certificate/groups-tag.ts',
    edits: [["groups.join(':')", 'groups[0]']],
    test: S3,
  },
  {
    name: 'what may not be read in S3 is taken for absent',
    file: 'lib/adapters/aws/s3-store.ts',
    edits: [
      ["if (errorName(error) === 'NoSuchKey') return undefined;", 'if (errorName(error)) return undefined;'],
    ],
    test: S3,
  },
  {
    name: 'hosts that are away count as online',
    file: 'lib/adapters/aws/ssm-hosts.ts',
    edits: [["PingStatus === 'Online'", "PingStatus !== 'Inactive'"]],
    test: SSM,
  },
  {
    name: 'a command goes to the whole group, not to the canary',
    file: 'lib/adapters/aws/ssm-hosts.ts',
    edits: [['instanceIds.length <= MAX_INSTANCE_IDS', 'instanceIds.length < 1']],
    test: SSM,
  },
  {
    name: 'a wave goes on whatever fails',
    file: 'lib/adapters/aws/ssm-hosts.ts',
    edits: [['MaxErrors: String(allowedErrors)', "MaxErrors: String(allowedErrors && '') + '100%'"]],
    test: SSM,
  },
  {
    name: 'a failed command counts as running',
    file: 'lib/adapters/aws/ssm-hosts.ts',
    edits: [["'Delayed', 'Cancelling']", "'Delayed', 'Cancelling', 'Failed']"]],
    test: SSM,
  },
  {
    name: 'secrets are read encrypted',
    file: 'lib/adapters/aws/parameter-store.ts',
    edits: [['WithDecryption: true', 'WithDecryption: false']],
    test: SMALL,
  },
  {
    name: 'a mail that was refused counts as sent',
    file: 'lib/adapters/aws/notice-topic.ts',
    edits: [
      [
        "throw new NoticeError('notices-unavailable', { seen, cause });\n  });",
        "void new NoticeError('notices-unavailable', { seen, cause });\n  });",
      ],
    ],
    test: SMALL,
  },
];
