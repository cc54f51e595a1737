// What `renew` may write a CAA at: the domains and everything below them, as Route 53 normalizes names.
module.exports = async ({ resolveVariable }) => {
  const domains = (await resolveVariable('self:custom.params.domains')).split(',');
  return domains.flatMap((domain) => [domain, `*.${domain}`]);
};
