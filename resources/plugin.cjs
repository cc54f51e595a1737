const { IAMClient } = require('@aws-sdk/client-iam');
const { LambdaClient } = require('@aws-sdk/client-lambda');
const preflight = require('./preflight.cjs');
const { checkLimits } = require('./limits-plugin.cjs');

/** What this project does itself while Serverless packages and deploys it. */
module.exports = class Perennial {
  constructor(serverless, _options, { log }) {
    const aws = serverless.getProvider('aws');
    const { service } = serverless;
    this.hooks = {
      // All of the template is there, and nothing in AWS.
      'after:aws:package:finalize:mergeCustomProviderResources': () => {
        const template = service.provider.compiledCloudFormationTemplate;
        setBoundary(template, service.custom.params.permissionsBoundary);
        checkLimits(template);
      },
      'before:aws:deploy:deploy:createStack': async () => {
        const { runtime, architecture, compiledCloudFormationTemplate: template } = service.provider;
        const config = await aws.getAwsSdkV3Config();
        const clients = { lambda: new LambdaClient(config), iam: new IAMClient(config) };
        await preflight(
          { ...clients, warn: (line) => log.warning(line) },
          {
            resources: template.Resources,
            boundary: service.custom.params.permissionsBoundary,
            runtime,
            architecture,
            region: aws.getRegion(),
          },
        );
        for (const client of Object.values(clients)) client.destroy();
      },
    };
  }
};

/** Every role, also those that Serverless makes itself. */
function setBoundary({ Resources }, boundary) {
  if (boundary === '') return;
  for (const { Type, Properties } of Object.values(Resources))
    if (Type === 'AWS::IAM::Role') Properties.PermissionsBoundary = boundary;
}
