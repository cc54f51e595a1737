// Leave to assume exactly the zone roles, for the functions that look at or write zones. Nothing where there are none:
// CloudFormation refuses a statement without a resource.
module.exports = async ({ resolveVariable }) => {
  const roles = Object.values(JSON.parse(await resolveVariable('self:custom.params.zoneRoles')));
  if (roles.length === 0) return {};
  return {
    Resources: {
      ZoneRolesPolicy: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          PolicyName: 'zone-roles',
          Roles: ['ScanRole', 'RenewRole', 'DoctorRole'].map((id) => ({ Ref: id })),
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: roles.map(({ roleArn, externalId }) => ({
              Effect: 'Allow',
              Action: 'sts:AssumeRole',
              Resource: roleArn,
              ...(externalId !== undefined && {
                Condition: { StringEquals: { 'sts:ExternalId': externalId } },
              }),
            })),
          },
        },
      },
    },
  };
};
