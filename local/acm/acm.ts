import { jsonError } from '../gateway/answers.ts';
import type { AwsRequest, Forward, LocalService } from '../gateway/request.ts';

export interface Tag {
  Key: string;
  Value?: string;
}

/** The tags of a certificate, by its ARN. */
export type CertificateTags = (arn: string) => readonly Tag[];

interface Sent {
  CertificateArn?: string;
  Tags?: Tag[];
  Includes?: { keyTypes?: string[] };
}

/** What ListCertificates shows unless told otherwise. */
const SHOWN_UNASKED = ['RSA_1024', 'RSA_2048'];

/**
 * ACM of all regions: moto's, except where it is kinder or forgets. Tags stay with an import over an earlier one, and are
 * refused with it; ListCertificates shows RSA keys of 1024 and 2048 bits only, unless key types are named.
 * Source: ACM API reference, ImportCertificate and ListCertificates.
 */
export function createAcm(): LocalService & { tagsOf: CertificateTags } {
  const tags = new Map<string, Tag[]>();
  return {
    tagsOf: (arn) => tags.get(arn) ?? [],
    async handle(request, forward) {
      const action = request.headers['x-amz-target']?.split('.')[1];
      const sent = JSON.parse(request.body.toString() || '{}') as Sent;
      if (action === 'ListCertificates' && !sent.Includes?.keyTypes) {
        const Includes = { ...sent.Includes, keyTypes: SHOWN_UNASKED };
        return forward(asking(request, action, { ...sent, Includes }));
      }
      if (action !== 'ImportCertificate') return forward(request);
      if (sent.CertificateArn && sent.Tags)
        return jsonError('ValidationException', 'Tagging is not permitted on re-import.');
      const answer = await forward(request);
      const { CertificateArn = '' } = answer.status < 300 ? (JSON.parse(answer.body.toString()) as Sent) : {};
      if (sent.Tags) tags.set(CertificateArn, sent.Tags);
      else await tagAgain({ CertificateArn, Tags: tags.get(CertificateArn) ?? [] }, request, forward);
      return answer;
    },
  };
}

/** moto loses them with every import. */
async function tagAgain(
  kept: Required<Pick<Sent, 'CertificateArn' | 'Tags'>>,
  request: AwsRequest,
  forward: Forward,
) {
  if (kept.Tags.length > 0) await forward(asking(request, 'AddTagsToCertificate', kept));
}

function asking(request: AwsRequest, action: string, body: unknown): AwsRequest {
  const headers = { ...request.headers, 'x-amz-target': `CertificateManager.${action}` };
  return { ...request, headers, body: Buffer.from(JSON.stringify(body)) };
}
