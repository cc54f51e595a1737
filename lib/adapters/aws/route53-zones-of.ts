import { Route53Client } from '@aws-sdk/client-route-53';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { ZoneRole } from '../../foundation/certificate/zone-role.ts';
import { once } from '../../foundation/common/once.ts';
import { ZoneError, type ZonesOf } from '../../issuance/dns/zones.ts';
import { errorText, isAccessDenied } from './error-name.ts';
import { Route53Zones } from './route53-zones.ts';

/** Route 53 of the stack's account and of each zone role's. A role is assumed when a call first needs it. */
export function route53ZonesOf(roles: readonly ZoneRole[]): ZonesOf {
  return once((role) => makeZones(role, roles));
}

/** The same for who only reads: through the roles that may do no more, and not at all where there is none. */
export function route53ZonesToRead(roles: readonly ZoneRole[]): ZonesOf {
  return once((name) => {
    const role = roles.find((known) => known.name === name);
    if (!role) return makeZones(name, roles);
    if (role.readRoleArn !== undefined) return makeZones(name, [{ ...role, roleArn: role.readRoleArn }]);
    const client = new Route53Client({ credentials: () => Promise.reject(unseen(role)) });
    return new Route53Zones(client);
  });
}

const unseen = ({ name, roleArn }: ZoneRole) =>
  new ZoneError('zone-role-unseen', {
    seen: `the hosted zones of zone role ${name} are not seen here: ${roleArn} is for renew alone`,
    remedy: 'give params.zoneRoles a readRoleArn that may only read (docs/guides/zone-roles.md) and deploy',
  });

function makeZones(name: string | undefined, roles: readonly ZoneRole[]): Route53Zones {
  if (name === undefined) return new Route53Zones(new Route53Client());
  const role = roles.find((known) => known.name === name);
  const sts = new STSClient();
  const route53 = new Route53Client({
    credentials: async () => {
      if (role) return assumeRole(sts, role);
      throw new ZoneError('zone-role-denied', {
        seen: `zone role ${name}, through which records were written, is not in params.zoneRoles any more`,
        remedy: 'put it back and deploy',
      });
    },
  });
  return new Route53Zones(
    route53,
    `let the policy of zone role ${name} (${role?.roleArn}) allow it (docs/guides/zone-roles.md)`,
  );
}

/** Shows in the CloudTrail of the role's account. */
const SESSION_NAME = 'perennial-renew';

/** A role's credentials for an SDK client, which asks again before they expire. Throws {@link ZoneError}. */
export async function assumeRole(sts: Pick<STSClient, 'send'>, { name, roleArn, externalId }: ZoneRole) {
  try {
    const input = { RoleArn: roleArn, RoleSessionName: SESSION_NAME, ExternalId: externalId };
    const { Credentials } = await sts.send(new AssumeRoleCommand(input));
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
      remedy: `let its trust policy allow sts:AssumeRole to this stack's roles ${external}, or mend zoneRoles in settings.yml and deploy`,
      cause,
    });
  }
}
