// Leave to assume exactly the zone roles: renew those that write, scan and doctor those that read. Nothing where there are
// none: CloudFormation refuses a statement without a resource.
module.exports = async ({ resolveVariable }) => {
  const roles = Object.values(JSON.parse(await resolveVariable('self:custom.params.zoneRoles')));
  const readers = roles.filter(({ readRoleArn }) => readRoleArn !== undefined);
  return {
    Resources: {
      ...policy('ZoneRolesPolicy', 'zone-roles', {
        of: ['RenewRole'],
        roles: roles.map(({ roleArn, externalId }) => ({ arn: roleArn, externalId })),
      }),
      ...policy('ReadZoneRolesPolicy', 'read-zone-roles', {
        of: ['ScanRole', 'DoctorRole'],
        roles: readers.map(({ readRoleArn, externalId }) => ({ arn: readRoleArn, externalId })),
      }),
    },
  };
};

function policy(id, PolicyName, { of, roles }) {
  if (roles.length === 0) return {};
  const Statement = roles.map(({ arn, externalId }) => ({
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Resource: arn,
    ...(externalId !== undefined && { Condition: { StringEquals: { 'sts:ExternalId': externalId } } }),
  }));
  const PolicyDocument = { Version: '2012-10-17', Statement };
  const Roles = of.map((Ref) => ({ Ref }));
  return { [id]: { Type: 'AWS::IAM::Policy', Properties: { PolicyName, Roles, PolicyDocument } } };
}
