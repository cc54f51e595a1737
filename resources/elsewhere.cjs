const z = require('zod/mini');
const { explainIssues } = require('../lib/foundation/common/explain-issues.ts');
const { complaintAboutGroups } = require('./group-ids.cjs');
const { FROM_TEXT, Params: MainParams } = require('./params-schema.cjs');
const { refuse } = require('./refuse.cjs');
const { YAML_TYPES } = require('./rules/yaml-types.ts');

const Params = z.object({
  /** The main stack's output Bucket, and its region. */
  bucket: z.string().check(z.regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'is not the name of a bucket')),
  bucketRegion: z.string().check(z.regex(/^[a-z]{2,8}(-[a-z]+)+-[0-9]{1,2}$/, 'is not a region')),
  hostGroups: MainParams.shape.hostGroups,
  tags: MainParams.shape.tags,
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
    given[name] = typeof value === 'string' && FROM_TEXT[name] ? FROM_TEXT[name](value) : value;
  }
  const { success, data, error } = Params.safeParse(given, { reportInput: true });
  const complaint = success
    ? (complaintAboutGroups(Object.keys(data.hostGroups)) ?? complaintAboutTimes(data.hostGroups))
    : explainIssues(error, YAML_TYPES);
  if (complaint) refuse(`${complaint}. Set it with --param="name=value"; serverless.hosts.yml explains each`);
  return data;
}

/** Nothing here tells hosts by the clock: their association is all that replaces what they have. */
function complaintAboutTimes(hostGroups) {
  const timed = Object.keys(hostGroups).find((name) => hostGroups[name].window || hostGroups[name].freeze);
  return (
    timed &&
    `hostGroups.${timed}: window and freeze are of the main stack's hosts; leave them out here, and set rate`
  );
}

module.exports.params = async (serverless) => {
  const { hostGroups, tags } = await read(serverless);
  return { hostGroups: JSON.stringify(hostGroups), tags };
};

module.exports.elsewhere = async (serverless) => {
  const { bucket, bucketRegion: region, rate } = await read(serverless);
  return { bucket, region, rate };
};
