import type { IncomingHttpHeaders } from 'node:http';

/** Who signed a request, for which service and region. */
export interface CredentialScope {
  accessKeyId: string;
  region: string;
  service: string;
}

/** Where the local cloud's things happen unless they are moved. */
export const HOME_REGION = 'us-east-1';
const ANONYMOUS: CredentialScope = { accessKeyId: '', region: HOME_REGION, service: 's3' };

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

/** Headers of a request of AWS's own as those of one to another region: moto goes by the scope and the host. */
export function inRegion(headers: Record<string, string>, region: string): Record<string, string> {
  const { authorization = '', host = '' } = headers;
  return {
    ...headers,
    host: host.replace(`.${HOME_REGION}.`, `.${region}.`),
    authorization: authorization.replace(`/${HOME_REGION}/`, `/${region}/`),
  };
}
