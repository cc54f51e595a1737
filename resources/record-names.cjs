const { recordNames } = require('../lib/issuance/dns/rules/record-names.ts');

// What of it stands in the role's own policy.
module.exports = async (context) => (await namesOf(context))[0];

async function namesOf({ resolveVariable }) {
  const list = async (name) =>
    (await resolveVariable(`self:custom.params.${name}`)).split(',').filter(Boolean);
  return recordNames({ domains: await list('domains'), challengeTargets: await list('challengeTargets') });
}

module.exports.namesOf = namesOf;
