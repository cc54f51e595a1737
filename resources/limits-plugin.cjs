const { refuse } = require('./refuse.cjs');
const { beyondLimits, explainLimits } = require('./rules/template-limits.ts');

/** Ends the deploy in one line where the template is more than AWS takes. */
function checkLimits(template) {
  const beyond = beyondLimits(template);
  if (beyond.length > 0) refuse(explainLimits(beyond));
}

/** What the stack for hosts elsewhere is checked with; it has no roles and no functions. */
module.exports = class Limits {
  constructor({ service }) {
    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': () =>
        checkLimits(service.provider.compiledCloudFormationTemplate),
    };
  }
};
module.exports.checkLimits = checkLimits;
