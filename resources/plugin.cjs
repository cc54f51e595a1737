const { refuse } = require('./refuse.cjs');
const { beyondLimits, explainLimits } = require('./rules/template-limits.ts');

/** What this project does itself while Serverless packages and deploys it. */
module.exports = class Perennial {
  constructor(serverless) {
    this.hooks = {
      // All of the template is there, and nothing in AWS.
      'after:aws:package:finalize:mergeCustomProviderResources': () => {
        const beyond = beyondLimits(serverless.service.provider.compiledCloudFormationTemplate);
        if (beyond.length > 0) refuse(explainLimits(beyond));
      },
    };
  }
};
