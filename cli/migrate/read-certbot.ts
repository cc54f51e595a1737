import { entriesOf, exists, readEach, readKey, readText, readTextIfThere } from './folder.ts';
import { type FoundFolder, type FoundLineage, lineageNameOf } from './found.ts';
import { parseCertbotConf } from './parse-certbot-conf.ts';

const HOOK_KINDS = ['pre', 'post', 'deploy'];

/** certbot's configuration folder (/etc/letsencrypt): live/, archive/ behind it, and renewal/*.conf. */
export async function readCertbot(folder: string): Promise<FoundFolder | undefined> {
  const confs = (await entriesOf(folder, 'renewal')).filter((file) => file.endsWith('.conf'));
  const live = (await entriesOf(folder, 'live')).filter((name) => name !== 'README');
  if (confs.length === 0 && (live.length === 0 || !(await exists(folder, 'archive')))) return undefined;
  const names = new Set([...confs.map((file) => file.slice(0, -'.conf'.length)), ...live]);
  return {
    program: 'certbot',
    ...(await readEach([...names].sort(), (name) => readLineage(folder, name))),
    notCarried: await hooksOf(folder),
  };
}

async function readLineage(folder: string, name: string): Promise<FoundLineage> {
  const conf = await readTextIfThere(folder, 'renewal', `${name}.conf`);
  const settings = parseCertbotConf(conf ?? '');
  return {
    name: lineageNameOf(name),
    fullchain: await readText(folder, 'live', name, 'fullchain.pem'),
    key: await readKey(folder, 'live', name, 'privkey.pem'),
    ...settings,
    notCarried:
      conf === undefined
        ? [`renewal/${name}.conf is missing: how it was renewed is not known`]
        : settings.notCarried,
  };
}

async function hooksOf(folder: string): Promise<string[]> {
  const notes: string[] = [];
  for (const kind of HOOK_KINDS) {
    const hooks = await entriesOf(folder, 'renewal-hooks', kind);
    if (hooks.length === 0) continue;
    notes.push(
      kind === 'deploy'
        ? `renewal-hooks/deploy (${hooks.join(', ')}): they run on hosts of a group with reload: hooks`
        : `renewal-hooks/${kind} (${hooks.join(', ')}): nothing is stopped for a proof by DNS-01`,
    );
  }
  return notes;
}
