import type { CertificateTags, Tag } from '../acm/acm.ts';
import type { AwsRequest } from '../gateway/request.ts';
import { ACCOUNT, type Authorization } from './authorization.ts';

/**
 * What an ACM request needs; `undefined` for one that is not known here.
 * Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS Certificate Manager".
 */
export function acmAuthorizations(
  { region, body }: AwsRequest,
  { action, certificateTags }: { action: string; certificateTags: CertificateTags },
): Authorization[] | undefined {
  const { CertificateArn, Tags = [] } = JSON.parse(body.toString() || '{}') as {
    CertificateArn?: string;
    Tags?: Tag[];
  };
  const resource = CertificateArn ?? `arn:aws:acm:${region}:${ACCOUNT}:certificate/*`;
  const existing = tagContext('aws:ResourceTag', CertificateArn ? certificateTags(CertificateArn) : []);
  const given = { ...tagContext('aws:RequestTag', Tags), 'aws:TagKeys': Tags.map(({ Key }) => Key) };
  switch (action) {
    case 'ListCertificates':
      return [{ action: 'acm:ListCertificates', resource: '*', context: {} }];
    case 'ListTagsForCertificate':
      return [{ action: 'acm:ListTagsForCertificate', resource, context: existing }];
    case 'ImportCertificate':
      if (Tags.length === 0) return [{ action: 'acm:ImportCertificate', resource, context: existing }];
      return ['acm:ImportCertificate', 'acm:AddTagsToCertificate'].map((name) => ({
        action: name,
        resource,
        context: given,
      }));
    default:
      return undefined;
  }
}

function tagContext(key: string, tags: readonly Tag[]): Record<string, string> {
  return Object.fromEntries(tags.map(({ Key, Value = '' }) => [`${key}/${Key}`, Value]));
}
