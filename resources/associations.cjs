const { idOf } = require('./group-ids.cjs');

/** The settings of a group that the document has parameters for. */
const FOR_HOSTS = ['root', 'reload', 'container', 'port', 'address', 'proxyProtocol', 'keyGroup', 'keyMode'];

// One State Manager association a host group: a host that registers with the group's tag installs at once what the group's list
// has, and so does, once a day, each that lacks something. Without ApplyOnlyAtCronInterval, which a rate does not have, it runs
// when it is made or changed, too. Source: Systems Manager user guide, "Understanding targets and rate controls in State Manager
// associations".
module.exports = async ({ resolveVariable }) => {
  const groups = JSON.parse(await resolveVariable('self:custom.params.hostGroups'));
  const stage = await resolveVariable('sls:stage');
  // Of a stack for hosts elsewhere (serverless.hosts.yml), which nobody tells of a new version.
  const elsewhere = await resolveVariable('self:custom.elsewhere, null');
  const { bucket, region, rate } = elsewhere ?? { ...HERE, rate: 'rate(1 day)' };
  const entries = Object.entries(groups).map(([group, settings]) => {
    const { window, freeze } = settings;
    // Commands go by windows, an association does not. Elsewhere nothing but the association replaces what is there.
    const times = !elsewhere && (window || freeze) && { newHostsOnly: 'true' };
    const parameters = { group, bucket, region, ...ofDocument(settings), ...times };
    const Properties = {
      AssociationName: `perennial-${stage}-${group}`,
      ...associationOf(group, parameters, rate),
    };
    return [`Hosts${idOf(group)}Association`, { Type: 'AWS::SSM::Association', Properties }];
  });
  return { Resources: Object.fromEntries(entries) };
};

const HERE = { bucket: { Ref: 'Bucket' }, region: { Ref: 'AWS::Region' } };

function ofDocument(settings) {
  const given = FOR_HOSTS.filter((name) => settings[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, String(settings[name])]));
}

function associationOf(group, parameters, rate) {
  return {
    Name: { Ref: 'InstallDocument' },
    Targets: [{ Key: 'tag:perennial-group', Values: [group] }],
    Parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, [value]])),
    ScheduleExpression: rate,
    MaxConcurrency: '25%',
    // A host that fails holds up no new one.
    MaxErrors: '100%',
  };
}
