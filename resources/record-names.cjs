// What `renew` may write a CAA at: the domains and everything below them, as Route 53 normalizes names.
module.exports = async ({ resolveVariable }) => {
  const domains = [await resolveVariable('param:domains')].flat();
  return domains.flatMap((domain) => [domain, `*.${domain}`]);
};
