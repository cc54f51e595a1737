import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { LocalCloud } from '../../local/cloud.ts';
import { cpuOfFunctions, usedBetween } from './function-processes.ts';
import type { Entrant, Participant, Taken } from './participant.ts';

const CREDENTIALS = { accessKeyId: 'bench', secretAccessKey: 'bench' };
const LIMIT_MS = 600_000;
const SCAN = 'perennial-local-scan';

interface Invocation {
  name: string;
  endedAt: number;
  durationMs: number;
  peakMb: number;
}

/** What functions get of the cores. */
const MODES = [
  { end: '', title: "Lambda's share", share: true },
  { end: '-whole-cores', title: 'whole cores', share: false },
];

/**
 * This project, from the event with every function cold, and `renew` alone, warm, as it is after that; each with Lambda's share
 * of a core and with whole cores.
 */
export function enterPerennial(cloud: LocalCloud, version: string): Entrant[] {
  const client = { endpoint: cloud.endpoint, region: 'us-east-1', credentials: CREDENTIALS };
  const lambda = new LambdaClient({ ...client, maxAttempts: 1 });
  const invocations: Invocation[] = [];
  cloud.onInvocation((name, { report }) => {
    const { durationMs, maxMemoryMb: peakMb } = report;
    invocations.push({ name: name.split('-').at(-1) ?? '', endedAt: performance.now(), durationMs, peakMb });
  });

  const invoke = async (start: object) => {
    await lambda.send(new InvokeCommand({ FunctionName: SCAN, Payload: JSON.stringify(start) }));
    await cloud.idle(LIMIT_MS);
  };

  async function renew(names: string[], functions: string[]): Promise<{ pointerAt: number; taken: Taken }> {
    invocations.length = 0;
    const since = new Date();
    const before = cpuOfFunctions(functions);
    const startedAt = performance.now();
    await invoke({ start: 'force', names });
    const ran = invocations.filter(({ name }) => functions.includes(name));
    const cpuMs = usedBetween(before, cpuOfFunctions(functions));
    const first = Math.min(...ran.map(({ endedAt, durationMs }) => endedAt - durationMs));
    const wallMs = Math.max(...ran.map(({ endedAt }) => endedAt)) - first;
    const taken = { wallMs, cpuMs, peakMb: Math.max(...ran.map(({ peakMb }) => peakMb)) };
    return { pointerAt: lastPointer(cloud, names, since) - startedAt, taken };
  }

  let issuing = Promise.resolve();
  const common = {
    version,
    principal: /RenewRole|ScanRole/,
    issue: (names: string[]) => {
      // One after another: a check takes all that is due, whoever asked for it.
      issuing = issuing.then(() => putFiles(cloud, names)).then(() => invoke({ start: 'hourly-check' }));
      return issuing;
    },
  };
  const { functions } = cloud.parts.aws;
  const { wholeCores } = cloud.parts;
  return MODES.flatMap(({ end, title, share }): Entrant[] => {
    const cold = { id: `event-cold${end}`, kind: 'own', title: `event, all cold, ${title}` } as const;
    const warm = { id: `renew-warm${end}`, kind: 'own', title: `renew warm, ${title}` } as const;
    if (share && wholeCores !== undefined) return [cold, warm].map((one) => ({ ...one, why: wholeCores }));
    const fromEvent: Participant['renew'] = async (names) => {
      functions.limitCpu(share);
      await cloud.coolDown();
      const { pointerAt, taken } = await renew(names, ['scan', 'renew']);
      return { ...taken, wallMs: pointerAt };
    };
    const onlyRenew: Participant['renew'] = async (names) => {
      functions.limitCpu(share);
      return (await renew(names, ['renew'])).taken;
    };
    return [
      { ...common, ...cold, renew: fromEvent },
      { ...common, ...warm, renew: onlyRenew },
    ];
  });
}

/** When the last of the pointers was written, on the clock of `performance.now()`. */
function lastPointer(cloud: LocalCloud, names: string[], since: Date): number {
  const ends = cloud.calls
    .matching({ service: 's3', action: 'PutObject', since })
    .filter(
      ({ status, resource = '' }) =>
        status === 200 && names.some((name) => resource.endsWith(`/live/${name}.json`)),
    )
    .map(({ at, durationMs }) => at.getTime() + durationMs);
  if (ends.length !== names.length) throw new Error(`${ends.length} of ${names.length} were renewed`);
  return Math.max(...ends) - performance.timeOrigin;
}

/** Puts the files where S3 sends no event of them, so that one check finds them all. */
async function putFiles(cloud: LocalCloud, names: string[]): Promise<void> {
  const { Bucket } = await cloud.outputs();
  const s3 = new S3Client({
    endpoint: cloud.parts.motoUrl,
    region: 'us-east-1',
    credentials: CREDENTIALS,
    forcePathStyle: true,
  });
  for (const name of names) {
    const Body = JSON.stringify({ names: [name], profile: 'classic' });
    await s3.send(new PutObjectCommand({ Bucket, Key: `renewal/${name}.json`, Body }));
  }
  s3.destroy();
}
