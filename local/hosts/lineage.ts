import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PemPair } from './self-signed.ts';

const END = '-----END CERTIFICATE-----\n';

/** `perennial` is a version's folder with the link in live/; `certbot` is numbered files with a real folder in live/. */
export type LineageLayout = 'perennial' | 'certbot';

/** Puts a certificate into a host's certbot folder `root`, as something installed before. */
export async function writeLineage(root: string, lineage: string, pair: PemPair, layout: LineageLayout) {
  if (layout === 'certbot') return writeCertbotLineage(root, lineage, pair);
  const version = '20250101T000000Z-000000';
  await writeFiles(join(root, 'archive', lineage, version), pair, (name) => `${name}.pem`);
  await mkdir(join(root, 'live'), { recursive: true, mode: 0o700 });
  await symlink(`../archive/${lineage}/${version}`, join(root, 'live', lineage));
}

async function writeCertbotLineage(root: string, lineage: string, pair: PemPair): Promise<void> {
  const live = join(root, 'live', lineage);
  await writeFiles(join(root, 'archive', lineage), pair, (name) => `${name}1.pem`);
  await mkdir(live, { recursive: true, mode: 0o700 });
  for (const name of ['cert', 'chain', 'fullchain', 'privkey'])
    await symlink(`../../archive/${lineage}/${name}1.pem`, join(live, `${name}.pem`));
  await mkdir(join(root, 'renewal'), { recursive: true });
  await writeFile(join(root, 'renewal', `${lineage}.conf`), `cert = ${live}/cert.pem\n`);
}

async function writeFiles(folder: string, pair: PemPair, fileName: (name: string) => string): Promise<void> {
  const firstEnd = pair.fullchain.indexOf(END) + END.length;
  const contents = {
    cert: pair.fullchain.slice(0, firstEnd),
    chain: pair.fullchain.slice(firstEnd),
    fullchain: pair.fullchain,
    privkey: pair.privkey,
  };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [name, content] of Object.entries(contents))
    await writeFile(join(folder, fileName(name)), content, { mode: 0o600 });
}
