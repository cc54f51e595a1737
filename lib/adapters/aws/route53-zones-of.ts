import { Route53Client } from '@aws-sdk/client-route-53';
import { STSClient } from '@aws-sdk/client-sts';
import type { ZoneRole } from '../../foundation/certificate/zone-role.ts';
import { once } from '../../foundation/common/once.ts';
import { ZoneError, type ZonesOf } from '../../issuance/dns/zones.ts';
import { assumeRole } from './assumed-role.ts';
import { Route53Zones } from './route53-zones.ts';

/** Route 53 of the own account and of each zone role's, made when first asked for; no role is assumed before a call needs it. */
export function route53ZonesOf(roles: readonly ZoneRole[]): ZonesOf {
  return once((role) => makeZones(role, roles));
}

function makeZones(name: string | undefined, roles: readonly ZoneRole[]): Route53Zones {
  if (name === undefined) return new Route53Zones(new Route53Client());
  const role = roles.find((known) => known.name === name);
  const sts = new STSClient();
  const route53 = new Route53Client({
    credentials: async () => {
      if (role) return assumeRole(sts, role);
      throw new ZoneError('zone-role-denied', {
        seen: `zone role ${name}, through which records were written, is not in params.zoneRoles any more`,
        remedy: 'put it back and deploy, or remove pending/ of the certificate and its records by hand',
      });
    },
  });
  return new Route53Zones(
    route53,
    `let the policy of zone role ${name} (${role?.roleArn}) allow it (README, "Zones in another account")`,
  );
}
