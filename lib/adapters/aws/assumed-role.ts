import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import type { ZoneRole } from '../../foundation/certificate/zone-role.ts';
import { ZoneError } from '../../issuance/dns/zones.ts';
import { errorText, isAccessDenied } from './error-name.ts';

/** Whose session it is, in the CloudTrail of the role's account. */
const SESSION_NAME = 'perennial-renew';

/** Credentials of a role, for an SDK client, which asks again before they expire. Errors are {@link ZoneError}. */
export async function assumeRole(sts: Pick<STSClient, 'send'>, { name, roleArn, externalId }: ZoneRole) {
  try {
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: roleArn,
        RoleSessionName: SESSION_NAME,
        ...(externalId === undefined ? {} : { ExternalId: externalId }),
      }),
    );
    return {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
      ...(Credentials?.Expiration && { expiration: Credentials.Expiration }),
    };
  } catch (cause) {
    const attempt = `could not assume zone role ${name} (${roleArn})`;
    if (!isAccessDenied(cause))
      throw new ZoneError('zone-unavailable', { seen: `${attempt}: ${errorText(cause)}`, cause });
    const external = externalId === undefined ? 'without an external id' : `with external id ${externalId}`;
    throw new ZoneError('zone-role-denied', {
      seen: `${attempt}: STS denied it`,
      remedy: `let its trust policy allow sts:AssumeRole to this stack's roles ${external}, or mend params.zoneRoles in serverless.yml and deploy`,
      cause,
    });
  }
}
