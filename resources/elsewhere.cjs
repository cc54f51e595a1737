const z = require('zod/mini');
const { explainIssues } = require('../lib/foundation/common/explain-issues.ts');
const { HostGroupSettings } = require('../lib/foundation/certificate/host-group.ts');

const Params = z.object({
  /** The main stack's output Bucket, and its region. */
  bucket: z.string().check(z.regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'is not the name of a bucket')),
  bucketRegion: z.string().check(z.regex(/^[a-z]{2,8}(-[a-z]+)+-[0-9]{1,2}$/, 'is not a region')),
  hostGroups: z.record(
    z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,63}$/)),
    HostGroupSettings.check(
      z.refine(
        ({ window, freeze }) => window === undefined && freeze === undefined,
        "window and freeze are of the main stack's hosts; leave them out here, and set rate",
      ),
    ),
    'a group name may hold only a-z, 0-9 and "-"',
  ),
  rate: z
    .string()
    .check(
      z.regex(
        /^rate\((([3-9]\d|\d{3,}) minutes|1 hour|\d+ hours|1 day|\d+ days)\)$/,
        'is not a rate such as rate(1 hour)',
      ),
    ),
});

/** The parameters of serverless.hosts.yml, checked. */
async function read({ resolveVariable }) {
  const given = {};
  for (const name of Object.keys(Params.shape)) {
    const value = (await resolveVariable(`param:${name}, null`)) ?? undefined;
    given[name] = name === 'hostGroups' && typeof value === 'string' ? parseJson(value) : value;
  }
  const { success, data, error } = Params.safeParse(given, { reportInput: true });
  if (success) return data;
  const message = `${explainIssues(error)}. Set it under params in serverless.hosts.yml, or with --param="name=value"`;
  // Serverless prints the stack of what is thrown here.
  throw Object.assign(new Error(message), { stack: message });
}

function parseJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

module.exports.params = async (serverless) => {
  const { hostGroups } = await read(serverless);
  return { hostGroups: JSON.stringify(hostGroups) };
};

module.exports.elsewhere = async (serverless) => {
  const { bucket, bucketRegion: region, rate } = await read(serverless);
  return { bucket, region, rate };
};
