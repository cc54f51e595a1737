import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { fileOf } from '../../lib/reporting/status/page/parts.ts';
import type { DeployedStack } from './find-stack.ts';

interface Asked {
  parts: number;
  /** Seconds. */
  expiresIn: number;
}

/**
 * A presigned address of the status page, which opens one object. The addresses of its parts differ in file and signature, so
 * the first has the signatures of all behind its `#`, for the page's script; a browser sends nothing of that.
 */
export async function linkToPage(
  { region, bucket }: Pick<DeployedStack, 'region' | 'bucket'>,
  { parts, expiresIn }: Asked,
): Promise<string> {
  const asking = new S3Client({ region });
  // All with the same credentials, also where they are about to be renewed.
  const s3 = new S3Client({ region, credentials: await asking.config.credentials() });
  asking.destroy();
  try {
    const signingDate = new Date();
    const urls = await Promise.all(
      Array.from({ length: parts }, (_, index) => {
        // Whoever has an object saved as text or bytes sees a page all the same.
        const ResponseContentType = 'text/html; charset=utf-8';
        const Key = `status/${fileOf(index + 1)}`;
        const page = new GetObjectCommand({ Bucket: bucket, Key, ResponseContentType });
        return getSignedUrl(s3, page, { expiresIn, signingDate });
      }),
    );
    const [first = ''] = urls;
    return parts === 1 ? first : `${first}#s=${urls.map(signatureOf).join('.')}`;
  } finally {
    s3.destroy();
  }
}

function signatureOf(url: string): string {
  const signature = new URL(url).searchParams.get('X-Amz-Signature') ?? '';
  return Buffer.from(signature, 'hex').toString('base64url');
}
