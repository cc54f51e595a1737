import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Route53Client } from '@aws-sdk/client-route-53';
import { checkRequest } from '../api-models/check-request.ts';
import { loadModels } from '../api-models/load-models.ts';
import { refuseNonconforming } from '../api-models/refuse-nonconforming.ts';
import { deployProject, runServerless } from '../deploy.ts';
import { startDns } from '../dns/start.ts';
import { Gateway } from '../gateway/gateway.ts';
import { findFreePort } from '../hosts/free-port.ts';
import { trustFile } from '../parts.ts';
import { startPebble } from '../pebble/start.ts';
import type { ZoneView } from '../route53/published.ts';
import { makeRunDir } from '../run-dir.ts';
import type { Setup } from '../setup.ts';
import { onMail, type PublishedMail } from '../sns/on-mail.ts';
import { StopStack } from '../stop-stack.ts';
import { MirroredZones } from './mirrored-zones.ts';
import { startMinistack } from './start.ts';
import { substitutePackage } from './substitutions.ts';

export interface MinistackCloud {
  /** the environment with which programs talk to it */
  env: Record<string, string>;
  /** what was published for people so far */
  mails: PublishedMail[];
  /** Packs the project and has the real `serverless deploy` deploy that, changed as `substitutions.ts` says. */
  deploy(): Promise<void>;
  /** Runs the real `serverless remove`. */
  remove(): Promise<void>;
  /** Stops everything. Throws NonconformingRequestError where a request was not as AWS's API model has it. */
  stop(): Promise<void>;
}

const PROJECT = join(import.meta.dirname, '../..');
/** MiniStack has functions speak plain HTTP with 127.0.0.1 and localhost, also where they ask for HTTPS. */
const CA_ADDRESS = '127.0.0.2';
const CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** AWS by MiniStack behind our gateway, with a CA and the DNS of its Route 53, on this machine. */
export async function startMinistackCloud(program: string, setup: Setup): Promise<MinistackCloud> {
  const stops = new StopStack();
  try {
    const dir = await makeRunDir();
    stops.push(() => rm(dir, { recursive: true, force: true }));
    const port = await findFreePort();
    const { gateway, zones } = await startGateway(port, setup, stops);
    const mails: PublishedMail[] = [];
    onMail(gateway, (mail) => mails.push(mail));
    const { dns, pebble, trusted } = await startCa(zones, { setup, dir }, stops);
    // MiniStack's own scripts would be taken for modules of this project.
    const workDir = await makeRunDir(tmpdir(), 'perennial-ministack-');
    stops.push(() => rm(workDir, { recursive: true, force: true }));
    const functions = { AWS_ENDPOINT_URL: gateway.endpoint, NODE_EXTRA_CA_CERTS: trusted };
    await stops.started(startMinistack({ program, port, dir, workDir, env: functions }));
    const env = {
      AWS_ENDPOINT_URL: gateway.endpoint,
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      PERENNIAL_STAGE: 'local',
      DIRECTORY_URL: pebble.directoryUrl,
      DNS_RESOLVER: '127.0.0.1',
      DNS_PORT: String(dns.port),
    };
    const project = { projectDir: PROJECT, env, logFile: join(dir, 'deploy.log') };
    return {
      env,
      mails,
      deploy: () => deployProject({ ...project, changePackage: substitutePackage }),
      remove: () => runServerless(['remove'], project),
      async stop() {
        await stops.stop();
        refuseNonconforming(gateway.calls.nonconforming.splice(0));
      },
    };
  } catch (error) {
    await stops.stop().catch(() => undefined);
    throw error;
  }
}

/** The gateway before what will listen on a port, and its zones. */
async function startGateway(port: number, { venvBin }: Setup, stops: StopStack) {
  const endpoint = `http://127.0.0.1:${port}`;
  const route53 = new Route53Client({ endpoint, region: 'us-east-1', credentials: CREDENTIALS });
  stops.push(async () => route53.destroy());
  const zones = new MirroredZones(route53);
  const models = loadModels(venvBin);
  const gateway = new Gateway({
    motoUrl: endpoint,
    services: { route53: zones.service },
    complaintsAbout: (request) => checkRequest(models, request),
  });
  await gateway.start();
  stops.push(() => gateway.stop());
  return { gateway, zones };
}

/** `trusted` is the file with what functions trust: the CA's server, and what it issues. */
async function startCa(zones: ZoneView, { setup, dir }: { setup: Setup; dir: string }, stops: StopStack) {
  const dns = await stops.started(startDns({ zones }));
  const pebble = await stops.started(
    startPebble({
      pebble: setup.pebble,
      dnsServer: `127.0.0.1:${dns.port}`,
      address: CA_ADDRESS,
      dir: join(dir, 'pebble'),
      retryAfter: { authz: 0, order: 0 },
      nonceReject: 0,
    }),
  );
  return { dns, pebble, trusted: await trustFile(pebble, dir) };
}
