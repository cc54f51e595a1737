import { ACMClient, type CertificateSummary } from '@aws-sdk/client-acm';
import { describe, expect, it } from 'vitest';
import { AcmCertificates } from '../../../../lib/adapters/aws/acm.ts';
import { PrivateKeyPem } from '../../../../lib/foundation/certificate/private-key-pem.ts';

const CERTIFICATE = { cert: 'cert', chain: '', key: new PrivateKeyPem('key') };

interface Held {
  names: string[];
  tags: { Key: string; Value?: string }[];
}

/** ACM's answers by certificate, with the calls counted. */
function acmWith(held: Map<string, Held>, { summaries = true } = {}) {
  const calls: Record<string, number> = {};
  const answers: Record<string, (input: Record<string, unknown>) => unknown> = {
    ListCertificates: () => ({
      CertificateSummaryList: [...held].map(
        ([CertificateArn, { names }]): CertificateSummary => ({
          CertificateArn,
          Type: 'IMPORTED',
          ...(summaries && { DomainName: names[0], SubjectAlternativeNameSummaries: names }),
        }),
      ),
    }),
    ListTagsForCertificate: ({ CertificateArn }) => ({ Tags: held.get(String(CertificateArn))?.tags }),
    ImportCertificate: ({ CertificateArn, Tags }) => {
      const arn = (CertificateArn ?? `arn:${held.size}`) as string;
      if (!CertificateArn) held.set(arn, { names: importing, tags: Tags as Held['tags'] });
      return { CertificateArn: arn };
    },
  };
  let importing: string[] = [];
  const send = async (
    command: { constructor: { name: string }; input: Record<string, unknown> },
    { abortSignal }: { abortSignal?: AbortSignal } = {},
  ) => {
    abortSignal?.throwIfAborted();
    const action = command.constructor.name.replace('Command', '');
    calls[action] = (calls[action] ?? 0) + 1;
    return answers[action]?.(command.input);
  };
  const client = Object.assign(new ACMClient({ region: 'us-east-1' }), { send });
  const manager = new AcmCertificates(client, { region: 'us-east-1', bucket: 'shelf' });
  /** What a first import does. */
  const first = async (name: string, names: string[]) => {
    importing = names;
    return (await manager.find({ name, names })) ?? manager.create(name, CERTIFICATE);
  };
  return { calls, first, manager };
}

const tagsOf = (bucket: string, name: string) => [
  { Key: 'perennial-bucket', Value: bucket },
  { Key: 'perennial-name', Value: name },
];

describe('first imports in a row', () => {
  it.each([
    ['names of their own', (at: number) => [`${at}.example.com`]],
    ['the same names, as an RSA and an ECDSA certificate have', () => ['example.com']],
  ])('cost two calls each with %s', async (_, namesOf) => {
    const { calls, first } = acmWith(new Map());
    for (let at = 0; at < 100; at += 1) await first(`c${at}`, namesOf(at));
    expect(calls).toEqual({ ListCertificates: 100, ImportCertificate: 100 });
  });

  it('ask for no tags of the imports of others with other names, and once of those with the same', async () => {
    const others = Array.from({ length: 50 }, (_, at): [string, Held] => [
      `other:${at}`,
      { names: [`${at}.example.net`], tags: [] },
    ]);
    const same: [string, Held] = ['same', { names: ['a.example.com'], tags: tagsOf('shelf', 'old') }];
    const { calls, first } = acmWith(new Map([...others, same]));
    for (let at = 0; at < 10; at += 1) await first(`c${at}`, ['a.example.com', 'b.example.com']);
    expect(calls).toEqual({ ListCertificates: 10, ImportCertificate: 10, ListTagsForCertificate: 1 });
  });
});

describe('a call whose deadline is over', () => {
  const signal = AbortSignal.abort();
  it.each([
    ['find', (manager: AcmCertificates) => manager.find({ name: 'shop', names: [] }, signal)],
    ['create', (manager: AcmCertificates) => manager.create('shop', CERTIFICATE, signal)],
    ['replace', (manager: AcmCertificates) => manager.replace('arn', CERTIFICATE, signal)],
  ])('is given up: %s', async (_, call) => {
    await expect(call(acmWith(new Map()).manager)).rejects.toMatchObject({ reason: 'acm-unavailable' });
  });
});

describe('an import whose record is lost', () => {
  const wanted = { name: 'shop', names: ['a.example.com', 'b.example.com'] };
  const mine: Held = { names: ['b.example.com', 'old.example.com'], tags: tagsOf('shelf', 'shop') };

  it('is found by a name that it has in common and its tags, by another worker than the one who made it', async () => {
    const held = new Map([
      ['others', { ...mine, tags: tagsOf('other-shelf', 'shop') }],
      ['named otherwise', { ...mine, tags: tagsOf('shelf', 'blog') }],
      ['tagged otherwise', { ...mine, tags: [] }],
      ['mine', mine],
    ]);
    expect(await acmWith(held).manager.find(wanted)).toBe('mine');
  });

  it('is found where ACM does not say which names it has', async () => {
    expect(await acmWith(new Map([['mine', mine]]), { summaries: false }).manager.find(wanted)).toBe('mine');
  });
});
