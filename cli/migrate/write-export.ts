import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ObjectStore } from '../../lib/foundation/bucket/object-store.ts';
import { readLive } from '../../lib/foundation/bucket/read-pointer.ts';
import { sha256 } from '../../lib/foundation/certificate/leaf.ts';
import { type ArchiveFile, archiveKey } from '../../lib/foundation/certificate/object-keys.ts';
import { printable } from '../../lib/foundation/common/explain-issues.ts';
import { CommandError } from '../command-error.ts';
import { certbotConf } from './certbot-conf.ts';
import { exists } from './folder.ts';

const FILES = ['cert', 'chain', 'fullchain', 'privkey'] as const;
const PRIVATE = 0o700;

/**
 * Writes the live version of a certificate as certbot keeps it: archive/<name>/*1.pem (0600 for the key), links in live/<name>/
 * and renewal/<name>.conf. What is there already is left alone. Throws {@link CommandError}, with nothing of it left.
 */
export async function writeExport(store: ObjectStore, name: string, folder: string): Promise<void> {
  const live = await readLive(store, name);
  if (!live) throw new CommandError('never-issued', 'nothing is issued yet');
  const { pointer } = live;
  const [archive, links, conf] = [
    join(folder, 'archive', name),
    join(folder, 'live', name),
    join(folder, 'renewal', `${name}.conf`),
  ];
  for (const path of [archive, links, conf])
    if (await exists(path))
      throw new CommandError('exists-already', {
        seen: `${printable(path)} exists already`,
        remedy: 'it is left as it is',
      });
  const pems = await readVersion(store, name, pointer.version);
  if (sha256(pems.fullchain) !== pointer.sha256.fullchain || sha256(pems.privkey) !== pointer.sha256.privkey)
    throw new CommandError(
      'archive-differs',
      `version ${pointer.version} in the bucket is not what its pointer says`,
    );
  for (const parent of ['archive', 'live'])
    await mkdir(join(folder, parent), { recursive: true, mode: PRIVATE });
  await mkdir(join(folder, 'renewal'), { recursive: true, mode: 0o755 });
  try {
    await mkdir(archive, { mode: PRIVATE });
    await mkdir(`${links}.new`, { mode: 0o755 });
    for (const file of FILES) {
      const mode = file === 'privkey' ? 0o600 : 0o644;
      await writeFile(join(archive, `${file}1.pem`), pems[file], { mode, flag: 'wx' });
      await symlink(`../../archive/${name}/${file}1.pem`, join(`${links}.new`, `${file}.pem`));
    }
    await writeFile(conf, certbotConf(folder, name, pointer), { flag: 'wx' });
    await rename(`${links}.new`, links);
  } catch (error) {
    for (const path of [archive, `${links}.new`, conf]) await rm(path, { recursive: true, force: true });
    throw error;
  }
}

async function readVersion(
  store: ObjectStore,
  name: string,
  version: string,
): Promise<Record<ArchiveFile, string>> {
  const pems: Partial<Record<ArchiveFile, string>> = {};
  for (const file of FILES) {
    const key = archiveKey(name, version, file);
    const stored = await store.get(key);
    if (!stored) throw new CommandError('archive-missing', `${key} is missing in the bucket`);
    pems[file] = stored.body;
  }
  const { cert = '', chain = '', fullchain = '', privkey = '' } = pems;
  return { cert, chain, fullchain, privkey };
}
