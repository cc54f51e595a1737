// Where `renew` may write, as Route 53 normalizes names: CAA at the domains and everything below them, TXT only at the
// challenge names there and exactly at the names that those are aliased to. `*` spans labels.
module.exports = async ({ resolveVariable }) => {
  const list = async (name) =>
    (await resolveVariable(`self:custom.params.${name}`)).split(',').filter(Boolean);
  const domains = await list('domains');
  return {
    caa: domains.flatMap((domain) => [domain, `*.${domain}`]),
    txt: [
      ...domains.flatMap((domain) => [`_acme-challenge.${domain}`, `_acme-challenge.*.${domain}`]),
      ...(await list('challengeTargets')),
    ],
  };
};
