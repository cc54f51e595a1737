import assert from 'node:assert/strict';
import { GetObjectTaggingCommand } from '@aws-sdk/client-s3';
import type { Attack } from '../attack.ts';
import { allowedOf, DB_HOSTS, inBucket } from '../packaged.ts';
import {
  ACCOUNTS,
  asks,
  CLAIMS,
  EAB,
  hostOf,
  KEYS,
  managedOf,
  nothingOf,
  reads,
  SSM,
} from '../principals.ts';

export const GROUP: readonly Attack[] = [
  {
    tried: 'reads keys of another group, of one whose name begins or ends alike, and of none',
    must: 'refused by the tag `perennial-groups`',
    quick: true,
    async run(stages) {
      const packaged = await stages.packaged();
      const policies = hostOf(packaged, 'Web');
      const asked = [':db:', ':web-eu:', ':eu-web:', ':w:', undefined].flatMap((tag) => reads(KEYS, tag));
      const allowed = await allowedOf(asked, { stack: packaged.plain, policies });
      const own = await allowedOf(reads(KEYS, ':web:'), { stack: packaged.plain, policies });
      return nothingOf(allowed, own, asked.length);
    },
  },
  {
    tried:
      "reads another group's keys by the policies of both groups, where `hostRoles` lists his role for one",
    must: "the bucket's policy refuses what is not tagged with his group",
    quick: true,
    async run(stages) {
      const packaged = await stages.packaged();
      const policies = [...managedOf(packaged), ...hostOf(packaged, 'Web'), ...hostOf(packaged, 'Db')];
      const asking = { stack: packaged.listed, policies, principal: DB_HOSTS };
      const asked = [...reads(KEYS, ':web:'), ...reads(KEYS)];
      return nothingOf(
        await allowedOf(asked, asking),
        await allowedOf(reads(KEYS, ':db:'), asking),
        asked.length,
      );
    },
  },
  {
    tried:
      "tags a key with his own group, writes a version, a pointer, or another host's record (`hosts/<id>.json`)",
    must: 'his role writes nothing',
    quick: true,
    async run(stages) {
      const packaged = await stages.packaged();
      const policies = hostOf(packaged, 'Web');
      const tags = {
        's3:RequestObjectTagKeys': ['perennial-groups'],
        's3:RequestObjectTag/perennial-groups': ':web:',
      };
      const asked = [
        asks('s3:PutObjectTagging', `arn:aws:s3:::Bucket/${KEYS[0]}`, tags),
        ...[
          ...KEYS,
          'live/example.com.json',
          'hosts/i-0123456789abcdef0.json',
          'renewal/example.com.json',
        ].flatMap((key) => [inBucket('PutObject', key), inBucket('DeleteObject', key)]),
      ];
      const allowed = await allowedOf(asked, { stack: packaged.plain, policies });
      const own = await allowedOf(reads(KEYS, ':web:'), { stack: packaged.plain, policies });
      return nothingOf(allowed, own, asked.length);
    },
  },
  {
    tried:
      "lists the bucket, reads renewal files, states and other hosts' records, writes DNS, sends the document, puts events on the bus",
    must: 'his role reads versions and pointers of his group, and nothing else',
    quick: true,
    async run(stages) {
      const packaged = await stages.packaged();
      const policies = hostOf(packaged, 'Web');
      const records = {
        'route53:ChangeResourceRecordSetsActions': ['CREATE'],
        'route53:ChangeResourceRecordSetsRecordTypes': ['TXT'],
        'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['_acme-challenge.example.com'],
      };
      const asked = [
        asks('s3:ListBucket', 'arn:aws:s3:::Bucket'),
        ...reads(
          ['renewal/example.com.json', 'state/example.com.json', 'hosts/i-1.json', 'notices/memory.json'],
          ':web:',
        ),
        ...reads([...ACCOUNTS, ...EAB, ...CLAIMS], ':web:'),
        asks('route53:ChangeResourceRecordSets', 'arn:aws:route53:::hostedzone/Z1', records),
        asks('ssm:SendCommand', `${SSM}:document/InstallDocument`),
        asks('events:PutEvents', 'arn:aws:events:us-east-1:123456789012:event-bus/Bus', {
          'events:source': ['perennial'],
        }),
      ];
      const allowed = await allowedOf(asked, { stack: packaged.plain, policies });
      const own = await allowedOf(reads(KEYS, ':web:'), { stack: packaged.plain, policies });
      return nothingOf(allowed, own, asked.length);
    },
  },
  {
    tried: 'reads older versions of a certificate that was taken from its group',
    must: 'every version that is still there is tagged anew: it reads none',
    run: (stages) =>
      stages.inStack(async (world) => {
        const subject = await world.issued({ hosts: ['web'] });
        await world.force(subject);
        const keys = (await world.line.keys(`archive/${subject.name}/`)).filter((key) =>
          key.endsWith('privkey.pem'),
        );
        assert.equal(keys.length, 2, 'versions');
        const tags = () =>
          Promise.all(
            keys.map(async (Key) => {
              const asked = new GetObjectTaggingCommand({ Bucket: world.line.bucket, Key });
              const { TagSet = [] } = await world.line.s3.send(asked);
              return TagSet.map(({ Value = '' }) => Value).join();
            }),
          );
        for (const tag of await tags()) assert.match(tag, /:web:/);
        await world.put(subject, { hosts: [] });
        await world.scan();
        for (const tag of await tags()) assert.doesNotMatch(tag, /web/);
        return '2 versions tagged anew';
      }),
  },
];
