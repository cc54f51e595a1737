import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { type LocalCloud, startCloud } from './cloud.ts';
import { DeployError } from './deploy.ts';
import { printLog } from './print-log.ts';
import { SetupError } from './setup/setup-error.ts';
import { writeShellEnvironment } from './shell-environment.ts';

const DOMAIN = 'example.com';
const GROUP = 'web';
const HOST = {
  id: 'i-0123456789abcdef0',
  tags: { 'perennial-group': GROUP },
  sites: [{ serverName: DOMAIN, lineage: DOMAIN }],
};

/** `npm run local`: AWS, a CA, DNS and one host on this machine, with this project deployed, until Ctrl-C. */
async function main(): Promise<void> {
  const startedAt = Date.now();
  const cloud = await startCloud({ hosts: [HOST], say: (line) => console.log(line) });
  try {
    await deployAndWait(cloud, startedAt);
  } finally {
    await cloud.stop();
  }
}

async function deployAndWait(cloud: LocalCloud, startedAt: number): Promise<void> {
  cloud.onFunctionLog(printLog);
  console.log(`the local cloud runs (${seconds(startedAt)}); deploying with serverless`);
  await createZone(cloud);
  await cloud.deploy();
  console.log(`deployed (${seconds(startedAt)})\n`);
  console.log(await linesToTry(cloud));
  await once(process, 'SIGINT');
}

async function createZone({ endpoint }: LocalCloud): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const route53 = new Route53Client({ endpoint, region: 'us-east-1', credentials });
  await route53.send(new CreateHostedZoneCommand({ Name: DOMAIN, CallerReference: DOMAIN }));
  route53.destroy();
}

async function linesToTry(cloud: LocalCloud): Promise<string> {
  const { Bucket } = await cloud.outputs();
  const bin = join(import.meta.dirname, '../node_modules/.bin');
  const environment = relative('', await writeShellEnvironment(cloud.env, [cloud.parts.venvBin, bin]));
  const rootFile = join(cloud.parts.dir, 'ca-root.pem');
  await writeFile(rootFile, await cloud.caRoots());
  const port = cloud.hosts.get(HOST.id)?.tlsPort;
  const file = JSON.stringify({ names: [DOMAIN, `*.${DOMAIN}`], hosts: [GROUP], profile: 'classic' });
  return `In another terminal, in this folder:

  . ${environment}
  echo '${file}' | aws s3 cp - s3://${Bucket}/renewal/${DOMAIN}.json
  npx serverless invoke -f scan --path events/force-renewal.json
  npx perennial status
  npx perennial doctor
  curl -sv --cacert ${relative('', rootFile)} --resolve ${DOMAIN}:${port}:127.0.0.1 https://${DOMAIN}:${port}/

Ctrl-C stops everything. What the functions say:
`;
}

function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}

try {
  await main();
} catch (error) {
  const isExpected = error instanceof SetupError || error instanceof DeployError;
  console.error(isExpected ? error.message : error);
  process.exitCode = 1;
}
