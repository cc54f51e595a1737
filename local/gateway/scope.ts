import type { IncomingHttpHeaders } from 'node:http';

/** Who signed a request, for which service and region. */
export interface CredentialScope {
  accessKeyId: string;
  region: string;
  service: string;
}

const ANONYMOUS: CredentialScope = { accessKeyId: '', region: 'us-east-1', service: 's3' };

/**
 * The credential scope of Signature Version 4, from the Authorization header or, for a presigned URL,
 * from X-Amz-Credential. A request without either is taken for S3, as only its objects can be public.
 * Source: AWS, "Elements of an AWS API request signature".
 */
export function credentialScope(headers: IncomingHttpHeaders, path: string): CredentialScope {
  const credential = signedCredential(headers.authorization) ?? presignedCredential(path);
  const [accessKeyId, , region, service] = credential?.split('/') ?? [];
  if (!accessKeyId || !region || !service) return ANONYMOUS;
  return { accessKeyId, region, service: service.toLowerCase() };
}

function signedCredential(authorization = ''): string | undefined {
  return /Credential=([^,\s]+)/.exec(authorization)?.[1];
}

function presignedCredential(path: string): string | undefined {
  const query = path.split('?')[1];
  return query ? (new URLSearchParams(query).get('X-Amz-Credential') ?? undefined) : undefined;
}
