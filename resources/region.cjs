const { findRegion, NO_REGION } = require('../lib/adapters/aws/find-region.ts');
const { refuse } = require('./refuse.cjs');

/** Where it is deployed: `--region`, or as the AWS CLI finds it. There is no default that a deploy could fall back to in silence. */
module.exports = async ({ options }) => {
  const { region } = options;
  return region || (await findRegion(options['aws-profile'])) || refuse(NO_REGION);
};
