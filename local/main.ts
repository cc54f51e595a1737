import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { type LocalCloud, startCloud } from './cloud.ts';
import { DeployError } from './deploy.ts';
import { readOptions } from './read-options.ts';
import { SetupError } from './setup/setup-error.ts';
import { writeShellEnvironment } from './shell-environment.ts';
import { onMail } from './sns/on-mail.ts';
import { tellLog } from './tell-log.ts';

const DOMAIN = 'example.com';
const HOST = {
  id: 'i-0123456789abcdef0',
  tags: { 'perennial-group': 'web' },
  sites: [{ serverName: DOMAIN, lineage: DOMAIN }],
};

/** `npm run local`: AWS, a CA, DNS and one host on this machine, with this project deployed, until Ctrl-C. */
async function main(): Promise<void> {
  const startedAt = Date.now();
  // Other clients are tried here too, and certbot gives up when a request's nonce is refused twice.
  const pebble = { nonceReject: 0 };
  const { withoutHosts } = readOptions('npm run local');
  const hosts = withoutHosts ? [] : [HOST];
  const cloud = await startCloud({ hosts, withoutHosts, pebble, say: (line) => console.log(line) });
  try {
    await deployAndWait(cloud, startedAt);
  } finally {
    await cloud.stop();
  }
}

async function deployAndWait(cloud: LocalCloud, startedAt: number): Promise<void> {
  cloud.onFunctionLog(printLog);
  onMail(cloud.parts.aws.gateway, ({ subject, text }) =>
    console.log(`\n  mail to you@example.com: ${subject}\n\n${text.replace(/^(?=.)/gm, '    ')}`),
  );
  console.log(`the local cloud runs (${seconds(startedAt)}); deploying with serverless`);
  await createZone(cloud);
  await cloud.deploy();
  console.log(`deployed (${seconds(startedAt)})\n`);
  console.log(linesToTry(await writeEnvironment(cloud), cloud.hosts.all().length > 0));
  await once(process, 'SIGINT');
}

/** What functions say; lines that are not JSON are Node's own about an error. */
function printLog(functionName: string, line: string): void {
  if (/^(START|END|REPORT) RequestId:/.test(line)) return;
  const told = line.startsWith('{') ? tellLog(line) : line;
  if (told !== undefined) console.log(`  ${functionName.replace(/^perennial-local-/, '')}: ${told}`);
}

async function createZone({ endpoint }: LocalCloud): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const route53 = new Route53Client({ endpoint, region: 'us-east-1', credentials });
  await route53.send(new CreateHostedZoneCommand({ Name: DOMAIN, CallerReference: DOMAIN }));
  route53.destroy();
}

/** `.local/env`: how to reach the cloud, and where things are that the lines to try name. */
async function writeEnvironment(cloud: LocalCloud): Promise<string> {
  const { env, parts } = cloud;
  const { Bucket: BUCKET = '' } = await cloud.outputs();
  const CA_ROOT = join(parts.dir, 'ca-root.pem');
  await writeFile(CA_ROOT, await cloud.caRoots());
  const host = cloud.hosts.get(HOST.id);
  const ofHost = host && { HOST_PORT: String(host.tlsPort), NGINX_CONF: host.nginx.configurationFile };
  const places = { BUCKET, CA_ROOT, ...ofHost };
  const bin = join(import.meta.dirname, '../node_modules/.bin');
  return relative('', await writeShellEnvironment({ ...env, ...places }, [parts.venvBin, bin]));
}

function linesToTry(environment: string, hasHosts: boolean): string {
  const onHosts = (text: string) => (hasHosts ? text : '');
  return `In another terminal, in this folder (docs/start/walkthrough.md shows what each prints):

  . ${environment}
  npx --no-install perennial-tls add ${DOMAIN} --names '${DOMAIN},*.${DOMAIN}' ${onHosts('--hosts web ')}--profile classic --yes --wait
  npx --no-install perennial-tls status
  npx --no-install perennial-tls renew ${DOMAIN} --force
${onHosts(`  curl -sv --cacert $CA_ROOT --resolve ${DOMAIN}:$HOST_PORT:127.0.0.1 https://${DOMAIN}:$HOST_PORT/\n`)}
Ctrl-C stops everything. What the functions say, and the mails:
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
