import { readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { HostRecord } from '../../lib/delivery/deployment/rules/host-record.ts';
import { hostKey } from '../../lib/foundation/certificate/object-keys.ts';
import type { Demo } from './scenario.ts';
import { servedBy } from './served.ts';

/** The certificate that the demo follows on each host. */
export const FOLLOWED = 'example.com';

/** What an outcome of the script says of what it did. */
const DEEDS: Record<string, string> = {
  served: 'swapped, tested, reloaded, seen',
  'rolled-back': 'swapped, tested, swapped back',
};

/** One host at one moment. */
export interface HostState {
  id: string;
  /** What live/example.com leads to. */
  version: string;
  /** The serial seen over TLS, or what is wrong. */
  served: string;
  isValid: boolean;
  /** The last command about it, and what the host said of it. */
  commandId: string | undefined;
  words: string;
}

export function hostStates(demo: Demo): Promise<HostState[]> {
  return Promise.all(demo.hosts.map((host) => stateOf(demo, host)));
}

async function stateOf(demo: Demo, { id, port }: Demo['hosts'][number]): Promise<HostState> {
  const root = demo.cloud.hosts.get(id)?.root ?? '';
  const link = await readlink(join(root, 'live', FOLLOWED)).catch(() => 'nothing');
  const served = await servedBy(port, FOLLOWED, demo.roots);
  const isValid = !(served instanceof Error);
  const report = (await readRecord(demo, id))?.lineages[FOLLOWED];
  return {
    id,
    version: basename(link),
    served: isValid ? served.serial : served.message,
    isValid,
    commandId: report?.commandId,
    words: report ? `${DEEDS[report.outcome] ?? report.outcome}: ${report.message ?? ''}` : '',
  };
}

async function readRecord({ bucket }: Demo, id: string): Promise<HostRecord | undefined> {
  try {
    const { Body } = await bucket.s3.send(new GetObjectCommand({ Bucket: bucket.name, Key: hostKey(id) }));
    return HostRecord.parse(JSON.parse((await Body?.transformToString()) ?? ''));
  } catch {
    return undefined;
  }
}
