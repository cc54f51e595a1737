import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ServiceModel } from './service-model.ts';

/** The model of a service by its name in the credential scope; `undefined` where botocore has none. */
export type FindModel = (service: string) => ServiceModel | undefined;

/** Where botocore's folder has another name than the credential scope. */
const FOLDERS: Record<string, string> = { monitoring: 'cloudwatch', tagging: 'resourcegroupstaggingapi' };
const DATA = '../lib/python3.*/site-packages/botocore/data';

/**
 * The API models that the botocore of a Python environment ships, newest version of each service, read once when asked for.
 * `venvBin` is the environment's `bin`. Throws Error where there is no botocore.
 */
export function loadModels(venvBin: string): FindModel {
  const [data] = globSync(DATA, { cwd: venvBin });
  if (data === undefined) throw new Error(`there is no botocore beside ${venvBin}`);
  const services = new Set(readdirSync(join(venvBin, data)));
  const models = new Map<string, ServiceModel>();
  return (service) => {
    const folder = FOLDERS[service] ?? service;
    if (!services.has(folder)) return undefined;
    const model = models.get(folder) ?? read(join(venvBin, data, folder));
    models.set(folder, model);
    return model;
  };
}

function read(folder: string): ServiceModel {
  const newest = readdirSync(folder).sort().at(-1) ?? '';
  return JSON.parse(gunzipSync(readFileSync(join(folder, newest, 'service-2.json.gz'))).toString());
}
