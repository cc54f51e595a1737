const { CloudFormationClient } = require('@aws-sdk/client-cloudformation');
const { IAMClient } = require('@aws-sdk/client-iam');
const { S3Client } = require('@aws-sdk/client-s3');
const { readAttached } = require('./bucket/read-attached.ts');
const { readBucketFacts } = require('./bucket/read-bucket.ts');
const { listStacks } = require('./bucket/read-stack.ts');
const { decideBucket } = require('./bucket/rules/decide-bucket.ts');
const { leftBehind, toDetach } = require('./bucket/rules/leaving.ts');
const { withoutBucket } = require('./bucket/rules/without-bucket.ts');
const { takeOver } = require('./bucket/take-over.ts');
const { release } = require('./version.cjs');

// params.bucket, and what `serverless remove` needs beforehand and leaves. docs/decisions/0033
module.exports = class KeptBucket {
  constructor(serverless, _options, { log }) {
    this.serverless = serverless;
    this.provider = serverless.getProvider('aws');
    this.log = log;
    this.hooks = {
      'before:package:cleanup': () => this.isDeploy() && this.check(),
      'after:aws:package:finalize:mergeCustomProviderResources': () => this.replaceInTemplate(),
      'before:aws:deploy:deploy:createStack': () => this.takeOver(),
      'before:remove:remove': () => this.checkRemoval(),
      'after:remove:remove': () => this.sayWhatIsLeft(),
    };
  }

  get wanted() {
    return this.serverless.service.custom.params.bucket;
  }

  replaceInTemplate() {
    const { provider } = this.serverless.service;
    if (this.wanted === '') return;
    provider.compiledCloudFormationTemplate = withoutBucket(
      provider.compiledCloudFormationTemplate,
      this.wanted,
    );
  }

  isDeploy() {
    return this.serverless.processedInput.commands[0] === 'deploy';
  }

  /** Throws what is in the way. Packing takes a while, so that this is asked before it, too. */
  async check() {
    const { wanted } = this;
    const facts = await this.attempt('look at the bucket', async () =>
      readBucketFacts(await this.clients(), {
        ...{ wanted, kmsKeyArn: this.serverless.service.custom.params.kmsKeyArn, ...this.place() },
        release,
        account: wanted && (await this.provider.getAccountId()),
      }),
    );
    const decision = decideBucket(facts);
    if (decision.action === 'refuse') this.refuse(`bucket: ${wanted && `${wanted}: `}${decision.complaint}`);
    return decision;
  }

  async takeOver() {
    const { wanted } = this;
    const decision = await this.check();
    if (decision.action !== 'take-over') return;
    const { s3 } = await this.clients();
    const { Properties: properties } = this.serverless.service.resources.Resources.Bucket;
    await this.attempt(`set up the bucket ${wanted}`, () =>
      takeOver(s3, wanted, { properties, removePolicy: decision.removePolicy }),
    );
  }

  async checkRemoval() {
    const { stackName, region } = this.place();
    const clients = await this.clients();
    const facts = await this.attempt('look at the stack', () =>
      readBucketFacts(clients, { wanted: '', kmsKeyArn: '', account: '', stackName, region, release }),
    );
    const { seen } = facts.stack;
    if (!seen) return;
    this.left = seen.bucket;
    const attached = await this.attempt('see what is attached', () => readAttached(clients, stackName));
    const complaint = toDetach(attached);
    if (complaint !== undefined) this.refuse(complaint);
  }

  async sayWhatIsLeft() {
    if (this.left === undefined) return;
    const { stackName, region } = this.place();
    const { stacks: client } = await this.clients();
    const listed = await listStacks(client);
    const stacks = typeof listed === 'string' ? listed : listed.filter(({ name }) => name !== stackName);
    const lines = leftBehind({ bucket: this.left, stage: this.provider.getStage(), region, stacks });
    for (const line of ['', ...lines]) this.log.notice(line);
  }

  place() {
    return { stackName: this.provider.naming.getStackName(), region: this.provider.getRegion() };
  }

  async clients() {
    const config = await this.provider.getAwsSdkV3Config();
    // Another endpoint than AWS's has no name for each bucket.
    const forcePathStyle = process.env.AWS_ENDPOINT_URL !== undefined;
    return {
      s3: new S3Client({ ...config, forcePathStyle }),
      stacks: new CloudFormationClient(config),
      iam: new IAMClient(config),
    };
  }

  async attempt(what, work) {
    try {
      return await work();
    } catch (error) {
      return this.refuse(`could not ${what}: ${error.name}: ${error.message}`);
    }
  }

  refuse(complaint) {
    throw new this.serverless.classes.Error(complaint, 'PERENNIAL_BUCKET');
  }
};
