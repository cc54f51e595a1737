import * as z from 'zod/mini';

const RoleArn = z
  .string()
  .check(
    z.regex(
      /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/,
      'must be the ARN of one role, as in arn:aws:iam::123456789012:role/name',
    ),
  );

/** Roles in another account, for its hosted zones (zoneRoles in settings.yml). */
export const ZoneRoleSettings = z.strictObject({
  /** It writes proofs, for `renew` alone. */
  roleArn: RoleArn,
  /** It reads zones, for `scan` and `doctor`, which see none without it. */
  readRoleArn: z.optional(RoleArn),
  /** The `sts:ExternalId` of the roles' trust policies. */
  externalId: z.optional(
    z
      .string()
      .check(z.regex(/^[\w+=,.@:/-]{2,1224}$/, 'is not an external id: 2 to 1224 of a-z A-Z 0-9 _+=,.@:/-')),
  ),
});

export const ZONE_ROLE_NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;

export type ZoneRole = z.infer<typeof ZoneRoleSettings> & { name: string };
