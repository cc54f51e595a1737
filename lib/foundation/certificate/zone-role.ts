import * as z from 'zod/mini';

/** A role in another account, for its hosted zones (params.zoneRoles in serverless.yml). */
export const ZoneRoleSettings = z.strictObject({
  roleArn: z
    .string()
    .check(
      z.regex(
        /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/,
        'must be the ARN of one role, as in arn:aws:iam::123456789012:role/name',
      ),
    ),
  /** The `sts:ExternalId` of the role's trust policy. */
  externalId: z.optional(
    z
      .string()
      .check(z.regex(/^[\w+=,.@:/-]{2,1224}$/, 'is not an external id: 2 to 1224 of a-z A-Z 0-9 _+=,.@:/-')),
  ),
});

export const ZONE_ROLE_NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;

export type ZoneRole = z.infer<typeof ZoneRoleSettings> & { name: string };
