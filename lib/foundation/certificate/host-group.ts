import * as z from 'zod/mini';

/** Hosts with the tag `perennial-group=<name>`, and how their web server reloads (params.hostGroups in serverless.yml). */
export const HostGroupSettings = z.strictObject({
  reload: z._default(z.enum(['container', 'service', 'hooks']), 'container'),
  /** The container that runs Nginx. */
  container: z._default(
    z.string().check(z.regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/, 'is not a container name')),
    'web',
  ),
  /** The folder that holds live/ and archive/ on the host. */
  root: z._default(
    z
      .string()
      .check(
        z.regex(/^(\/[a-zA-Z0-9_-][a-zA-Z0-9._-]*)+$/, 'is not an absolute path without hidden folders'),
      ),
    '/etc/letsencrypt',
  ),
  port: z._default(z.number().check(z.int(), z.positive(), z.maximum(65_535)), 443),
});

export type HostGroup = z.infer<typeof HostGroupSettings> & { name: string };
