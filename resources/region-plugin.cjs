const { CloudFormationClient } = require('@aws-sdk/client-cloudformation');
const { templateUrlIn } = require('./rules/template-url.ts');

/** Regions of AWS that this version of Serverless does not list, and would refuse. */
const NOT_LISTED = ['eusc-de-east-1'];

/** Lets Serverless deploy there too; a name that is no region it goes on refusing. */
module.exports = class Regions {
  constructor(serverless) {
    const { region } = serverless.configSchemaHandler.schema.properties.provider.properties;
    region.enum.push(...NOT_LISTED.filter((name) => !region.enum.includes(name)));
    const provider = serverless.getProvider('aws');
    this.hooks = {
      'before:aws:deploy:deploy:createStack': () => {
        if (!NOT_LISTED.includes(provider.getRegion())) return;
        const deploy = serverless.pluginManager.plugins.find(
          (plugin) => plugin.constructor.name === 'AwsDeploy',
        );
        // Its parts share this client, and make it where there is none.
        deploy.cloudFormationClientPromise = clientOf(provider);
      },
    };
  }
};

/** A client that gives CloudFormation the template's address in the region. */
async function clientOf(provider) {
  const region = provider.getRegion();
  const client = new CloudFormationClient(await provider.getAwsSdkV3Config());
  const correct = (next) => (args) => {
    const { TemplateURL } = args.input;
    const input = TemplateURL
      ? { ...args.input, TemplateURL: templateUrlIn(region, TemplateURL) }
      : args.input;
    return next({ ...args, input });
  };
  client.middlewareStack.add(correct, { step: 'initialize', name: 'templateUrl' });
  return client;
}
