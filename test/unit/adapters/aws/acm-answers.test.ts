import { ACMClient } from '@aws-sdk/client-acm';
import { describe, expect, it } from 'vitest';
import { AcmCertificates } from '../../../../lib/adapters/aws/acm.ts';
import { PrivateKeyPem } from '../../../../lib/foundation/certificate/private-key-pem.ts';
import { ownRemedy } from '../../../../lib/foundation/reasons/reasons.ts';
import { awsError, type SentCommand, stubbed } from '../../../fakes/stubbed-client.ts';

const arn = (nth: number) => `arn:aws:acm:eu-central-1:123456789012:certificate/${nth}`;
const tags = (bucket: string, name: string) => [
  { Key: 'perennial-bucket', Value: bucket },
  { Key: 'perennial-name', Value: name },
];
const SHOP = { name: 'shop', names: ['shop.example.com'] };
const OURS = tags('bucket', 'shop');
const certificate = { cert: 'CERT', chain: 'CHAIN', key: new PrivateKeyPem('KEY') };

function acmWith(answer: (command: SentCommand, nth: number) => object | undefined) {
  const { client, sent } = stubbed(new ACMClient({ region: 'eu-central-1' }), answer);
  return { acm: new AcmCertificates(client, { region: 'eu-central-1', bucket: 'bucket' }), sent };
}

/** An account with these certificates, `perPage` a page. */
function accountWith(
  stored: { arn: string; Type?: string; Tags: object[] | Error }[],
  { perPage = 1000 } = {},
) {
  return acmWith(({ name, input }) => {
    if (name === 'ListTagsForCertificateCommand') {
      const found = stored.find((one) => one.arn === input.CertificateArn);
      if (found?.Tags instanceof Error) throw found.Tags;
      return { Tags: found?.Tags };
    }
    const from = Number(input.NextToken ?? 0);
    return {
      CertificateSummaryList: stored.slice(from, from + perPage).map((one) => ({
        ...{ CertificateArn: one.arn, Type: one.Type ?? 'IMPORTED' },
        ...{ DomainName: SHOP.names[0], SubjectAlternativeNameSummaries: SHOP.names },
      })),
      ...(from + perPage < stored.length && { NextToken: String(from + perPage) }),
    };
  });
}

describe('an earlier import', () => {
  it.each([
    ['another stack', tags('other', 'shop')],
    ['another certificate', tags('bucket', 'blog')],
    ['nobody', []],
    ['the name without the bucket', OURS.slice(1)],
    ['the bucket without the name', OURS.slice(0, 1)],
  ])('is not one with the tags of %s', async (_, foreign) => {
    const { acm } = accountWith([
      { arn: arn(1), Tags: foreign },
      { arn: arn(2), Tags: [{ Key: 'team', Value: 'web' }, ...OURS] },
    ]);
    expect(await acm.find(SHOP)).toBe(arn(2));
    expect(await accountWith([{ arn: arn(1), Tags: foreign }]).acm.find(SHOP)).toBeUndefined();
  });

  it('is found on a later page', async () => {
    const { acm } = accountWith(
      [1, 2, 3].map((nth) => ({ arn: arn(nth), Tags: nth === 3 ? OURS : [] })),
      { perPage: 1 },
    );
    expect(await acm.find(SHOP)).toBe(arn(3));
  });

  it('is not one that Amazon issued, whatever its tags', async () => {
    const { acm } = accountWith([{ arn: arn(1), Type: 'AMAZON_ISSUED', Tags: OURS }]);
    expect(await acm.find(SHOP)).toBeUndefined();
  });

  it('that is deleted while it is looked at is passed over', async () => {
    const { acm } = accountWith([
      { arn: arn(1), Tags: awsError('ResourceNotFoundException') },
      { arn: arn(2), Tags: OURS },
    ]);
    expect(await acm.find(SHOP)).toBe(arn(2));
  });

  it('is looked for among keys of every type, which ACM shows only if asked', async () => {
    const { acm, sent } = accountWith([]);
    await acm.find(SHOP);
    expect(sent[0]?.input.Includes.keyTypes).toEqual(
      expect.arrayContaining(['EC_prime256v1', 'EC_secp384r1', 'RSA_2048', 'RSA_3072', 'RSA_4096']),
    );
  });
});

describe('an import', () => {
  it('that is new carries the tags by which it is found again', async () => {
    const { acm, sent } = acmWith(() => ({ CertificateArn: arn(7) }));
    expect(await acm.create('shop', certificate)).toBe(arn(7));
    expect(sent[0]?.input).toMatchObject({ Tags: OURS });
    expect(sent[0]?.input.CertificateArn).toBeUndefined();
    expect(String(sent[0]?.input.Certificate)).toBe('CERT');
    expect(String(sent[0]?.input.CertificateChain)).toBe('CHAIN');
    expect(String(sent[0]?.input.PrivateKey)).toBe('KEY');
  });

  it('over an earlier one names it, and no tags, which ACM refuses there', async () => {
    const { acm, sent } = acmWith(() => ({}));
    expect(await acm.replace(arn(7), { ...certificate, chain: '' })).toBe(true);
    expect(sent[0]?.input.CertificateArn).toBe(arn(7));
    expect(sent[0]?.input.Tags).toBeUndefined();
    expect(sent[0]?.input.CertificateChain).toBeUndefined();
  });

  it('over one that is gone says so', async () => {
    const { acm } = acmWith(() => {
      throw awsError('ResourceNotFoundException');
    });
    expect(await acm.replace(arn(7), certificate)).toBe(false);
  });

  it('over one of another key, which ACM refuses, says what to do', async () => {
    const { acm } = acmWith(() => {
      throw awsError('ValidationException');
    });
    await expect(acm.replace(arn(7), certificate)).rejects.toMatchObject({
      reason: 'acm-refuses-replacement',
      message: expect.stringContaining('refuses the certificate'),
    });
    expect(ownRemedy('acm-refuses-replacement')).toContain('set "key" in the renewal file back');
  });

  it.each([
    ['UnrecognizedClientException', 'acm-region-disabled'],
    ['AccessDeniedException', 'acm-access-denied'],
    ['LimitExceededException', 'acm-limit-exceeded'],
    ['ValidationException', 'acm-refuses-certificate'],
    ['InternalFailure', 'acm-unavailable'],
  ])('that ends in %s fails as %s, and shows no key', async (name, reason) => {
    const { acm } = acmWith(() => {
      throw awsError(name, { request: { PrivateKey: 'KEY' } });
    });
    const error = await acm.create('shop', certificate).catch((thrown) => thrown);
    expect(error).toMatchObject({ reason });
    expect(error.cause).toBeUndefined();
  });
});
