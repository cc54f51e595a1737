import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT, runTool, ToolError } from './run-tool.ts';

/** Those that ask for no more than their text beside the code. */
const ALLOWED = ['MIT', 'MIT-0', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD'];

interface Component {
  'bom-ref': string;
  name: string;
  version: string;
  licenses?: { license?: { id?: string; name?: string }; expression?: string }[];
}

/** CycloneDX, as `npm sbom` writes it. */
export interface Sbom {
  components: Component[];
  dependencies: { ref: string; dependsOn?: string[] }[];
}

/**
 * Writes the bill of materials of what the functions bundle to `sbomFile`, CycloneDX in JSON, and returns its components.
 * `bundledFiles` lists a path of the project per line. Throws ToolError for a licence that is not allowed.
 */
export async function writeSbom(bundledFiles: string, sbomFile: string): Promise<Component[]> {
  const all = JSON.parse(await runTool('npm', ['sbom', '--sbom-format=cyclonedx'])) as Sbom;
  const sbom = pick(all, await packagesOf((await readFile(bundledFiles, 'utf8')).split('\n')));
  await writeFile(sbomFile, `${JSON.stringify(sbom, null, 2)}\n`);
  const refused = sbom.components.filter((component) => !isAllowed(licenceOf(component)));
  if (refused.length > 0)
    throw new ToolError(refused.map((one) => `${one['bom-ref']}: licence ${licenceOf(one)}`).join('\n'));
  return sbom.components;
}

/** `name@version` of each package that a file is of; a file of the project itself is of none. */
async function packagesOf(files: string[]): Promise<Set<string>> {
  const folders = new Set(
    files.flatMap((file) => file.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/)?.[0] ?? []),
  );
  const read = [...folders].map(async (folder) => {
    const { name, version } = JSON.parse(await readFile(join(PROJECT, folder, 'package.json'), 'utf8'));
    return `${name}@${version}`;
  });
  return new Set(await Promise.all(read));
}

/** The components that `wanted` names, and what they depend on among them. */
export function pick<T extends Sbom>(sbom: T, wanted: ReadonlySet<string>): T {
  const components = sbom.components.filter(({ name, version }) => wanted.has(`${name}@${version}`));
  const refs = new Set(components.map((component) => component['bom-ref']));
  const missing = [...wanted].filter((ref) => !refs.has(ref));
  if (missing.length > 0) throw new ToolError(`bundled, and not in the lockfile: ${missing.join(', ')}`);
  const dependencies = sbom.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => refs.has(other)) }));
  return { ...sbom, components, dependencies };
}

/** As SPDX writes it. */
function licenceOf({ licenses = [] }: Component): string {
  const named = licenses.map(
    ({ license, expression }) => expression ?? license?.id ?? license?.name ?? 'unknown',
  );
  return named.join(' AND ') || 'unknown';
}

/** Whether one may choose an allowed licence; of two that both hold, both have to be. */
export function isAllowed(licence: string): boolean {
  return licence.split(' AND ').every((part) =>
    part
      .replace(/[()]/g, '')
      .split(' OR ')
      .some((one) => ALLOWED.includes(one.trim())),
  );
}
