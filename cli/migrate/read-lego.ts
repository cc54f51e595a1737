import { entriesOf, readEach, readKey, readText, readTextIfThere } from './folder.ts';
import { type FoundFolder, type FoundLineage, lineageNameOf } from './found.ts';

/** lego's folder (.lego): certificates/<domain>.{crt,issuer.crt,key,json}. How it was proved is told nowhere in it. */
export async function readLego(folder: string): Promise<FoundFolder | undefined> {
  const names = (await entriesOf(folder, 'certificates'))
    .filter((file) => file.endsWith('.crt') && !file.endsWith('.issuer.crt'))
    .map((file) => file.slice(0, -'.crt'.length));
  if (names.length === 0) return undefined;
  const cas = await entriesOf(folder, 'accounts');
  return {
    program: 'lego',
    ...(await readEach(names, (name) => readLineage(folder, name))),
    notCarried: [
      'how the names were proved: it will be DNS-01 on Route 53',
      'hooks and the time to renew, which are options of the command line there',
      ...(cas.length > 0
        ? [`accounts at ${cas.join(', ')}: give "ca" in a renewal file where it is not the stack's`]
        : []),
    ],
  };
}

async function readLineage(folder: string, name: string): Promise<FoundLineage> {
  const own = await readText(folder, 'certificates', `${name}.crt`);
  const isAlone = own.split('BEGIN CERTIFICATE').length === 2;
  const issuer = isAlone ? await readTextIfThere(folder, 'certificates', `${name}.issuer.crt`) : undefined;
  return {
    name: lineageNameOf(name),
    fullchain: `${own.trimEnd()}\n${issuer ?? ''}`,
    key: await readKey(folder, 'certificates', `${name}.key`),
    notCarried: [],
  };
}
