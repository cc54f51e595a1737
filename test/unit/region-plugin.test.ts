import { createRequire } from 'node:module';
import {
  CreateChangeSetCommand,
  DescribeStacksCommand,
  ValidateTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import { describe, expect, it } from 'vitest';

const require = createRequire(import.meta.url);
const Regions = require('../../resources/region-plugin.cjs');
const AwsDeploy = require('serverless/lib/plugins/aws/deploy/index.js');

const URL_OF_SERVERLESS = 'https://s3.amazonaws.com/bucket/serverless/compiled-template.json';

/** The plugin in a Serverless that deploys to the region, and the client of its deploy after its hook; `sent` has the bodies. */
async function deployTo(region: string) {
  const sent: string[] = [];
  const requestHandler = {
    handle: async ({ body }: { body: string }) => {
      sent.push(decodeURIComponent(body));
      throw new Error('not sent');
    },
  };
  const credentials = { accessKeyId: 'a', secretAccessKey: 's' };
  const provider = {
    getRegion: () => region,
    getAwsSdkV3Config: async () => ({ region, credentials, requestHandler, maxAttempts: 1 }),
  };
  const deploy = Object.create(AwsDeploy.prototype);
  const regions = { enum: ['eu-central-1'] };
  const { hooks } = new Regions({
    getProvider: () => provider,
    pluginManager: { plugins: [{}, deploy] },
    configSchemaHandler: { schema: { properties: { provider: { properties: { region: regions } } } } },
  });
  hooks['before:aws:deploy:deploy:createStack']();
  return { client: await deploy.cloudFormationClientPromise, sent, regions: regions.enum };
}

describe('a region that Serverless does not list', () => {
  it('is let in', async () => {
    expect((await deployTo('eusc-de-east-1')).regions).toEqual(['eu-central-1', 'eusc-de-east-1']);
  });

  it("has its template looked for at the region's S3", async () => {
    const { client, sent } = await deployTo('eusc-de-east-1');
    for (const command of [
      new ValidateTemplateCommand({ TemplateURL: URL_OF_SERVERLESS }),
      new CreateChangeSetCommand({ StackName: 's', ChangeSetName: 'c', TemplateURL: URL_OF_SERVERLESS }),
    ])
      await expect(client.send(command)).rejects.toThrow('not sent');
    await expect(client.send(new DescribeStacksCommand({}))).rejects.toThrow('not sent');
    const address = 'https://s3.eusc-de-east-1.amazonaws.eu/bucket/serverless/compiled-template.json';
    expect(sent.map((body) => body.includes(address))).toEqual([true, true, false]);
    expect(sent.join()).not.toContain('s3.amazonaws.com');
  });

  it('is the only one whose deploy is changed', async () => {
    expect((await deployTo('eu-central-1')).client).toBeUndefined();
  });
});
