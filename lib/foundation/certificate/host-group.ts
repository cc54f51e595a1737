import * as z from 'zod/mini';
import { DeploymentTimes } from './deployment-window.ts';

const PORT = 'must be a whole number from 1 to 65535';

/** Hosts with the tag `perennial-group=<name>`, and how their web server reloads (hostGroups in settings.yml). */
export const HostGroupSettings = z.strictObject({
  reload: z._default(z.enum(['container', 'service', 'hooks']), 'container'),
  /** Of the container with Nginx: name, compose service or PROJECT/SERVICE, ECS family or FAMILY/CONTAINER; else it is labelled. */
  container: z._default(
    z
      .string()
      .check(
        z.regex(
          /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}(\/[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127})?$/,
          'is neither a container name nor a compose service',
        ),
      ),
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
  port: z._default(z.number().check(z.int(PORT), z.positive(PORT), z.maximum(65_535, PORT)), 443),
  /** Where the host is asked what it serves; the script finds out when absent. */
  address: z.optional(
    z.string().check(z.regex(/^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f:]{2,39})$/, 'is not an IP address')),
  ),
  /** Whether a load balancer in front speaks the PROXY protocol; the script finds out when absent. */
  proxyProtocol: z.optional(z.boolean()),
  /** Who besides root may read the key, where only root could: a group's name or number. */
  keyGroup: z.optional(
    z.string().check(z.regex(/^([a-z_][a-z0-9_-]{0,31}|[0-9]{1,10})$/, 'is not the name of a group')),
  ),
  /** The key's mode then, octal; for nobody to write. */
  keyMode: z.optional(
    z.string().check(z.regex(/^0?[46][04][04]$/, 'is not a mode such as "0640", or lets others write')),
  ),
  /** When what hosts have may be replaced, at any time when absent; and days on which it may not. */
  ...DeploymentTimes,
});

export type HostGroup = z.infer<typeof HostGroupSettings> & { name: string };
