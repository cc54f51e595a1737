// The values of the tag perennial-group that a host must carry to be sent anything.
module.exports = async ({ resolveVariable }) =>
  Object.keys(JSON.parse(await resolveVariable('self:custom.params.hostGroups')));
