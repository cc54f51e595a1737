// Lambda takes only strings in its environment: lists become comma-separated, the host groups JSON.
module.exports = async ({ resolveVariable }) => {
  const list = async (name) => [await resolveVariable(`param:${name}`)].flat().join(',');
  return {
    domains: await list('domains'),
    alsoAllow: await list('alsoAllow'),
    hostGroups: JSON.stringify(await resolveVariable('param:hostGroups')),
  };
};
