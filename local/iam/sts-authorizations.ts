import type { AwsRequest } from '../gateway/request.ts';
import type { Authorization } from './authorization.ts';

/** What an STS request needs; `undefined` for one that is not known here. */
export function stsAuthorizations({ body }: AwsRequest, action: string): Authorization[] | undefined {
  if (action !== 'AssumeRole') return undefined;
  const asked = new URLSearchParams(body.toString());
  const externalId = asked.get('ExternalId');
  return [
    {
      action: 'sts:AssumeRole',
      resource: asked.get('RoleArn') ?? '',
      context: {
        'sts:RoleSessionName': asked.get('RoleSessionName') ?? '',
        ...(externalId !== null && { 'sts:ExternalId': externalId }),
      },
    },
  ];
}
