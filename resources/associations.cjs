const pascal = (group) =>
  group.replace(/(^|-)(.)/g, (_, __, letter) => letter.toUpperCase()).replaceAll('-', '');

/** The settings of a group that the document has parameters for. */
const FOR_HOSTS = ['root', 'reload', 'container', 'port', 'address', 'proxyProtocol', 'keyGroup', 'keyMode'];

// One State Manager association a host group: a host that registers with the group's tag installs at once what the group's list
// has, and so does, once a day, each that lacks something. Without ApplyOnlyAtCronInterval, which a rate does not have, it runs
// when it is made or changed, too. Source: Systems Manager user guide, "Understanding targets and rate controls in State Manager
// associations".
module.exports = async ({ resolveVariable }) => {
  const groups = JSON.parse(await resolveVariable('self:custom.params.hostGroups'));
  const stage = await resolveVariable('sls:stage');
  const entries = Object.entries(groups).map(([group, settings]) => [
    `Hosts${pascal(group)}Association`,
    { Type: 'AWS::SSM::Association', Properties: associationOf(group, settings, stage) },
  ]);
  return { Resources: Object.fromEntries(entries) };
};

function associationOf(group, settings, stage) {
  return {
    AssociationName: `perennial-${stage}-${group}`,
    Name: { Ref: 'InstallDocument' },
    Targets: [{ Key: 'tag:perennial-group', Values: [group] }],
    Parameters: {
      group: [group],
      bucket: [{ Ref: 'Bucket' }],
      region: [{ Ref: 'AWS::Region' }],
      ...Object.fromEntries(
        FOR_HOSTS.flatMap((name) => (settings[name] === undefined ? [] : [[name, [String(settings[name])]]])),
      ),
    },
    ScheduleExpression: 'rate(1 day)',
    MaxConcurrency: '25%',
    // A host that fails holds up no new one.
    MaxErrors: '100%',
  };
}
