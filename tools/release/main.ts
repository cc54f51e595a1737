import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { SUMS, sumsOf } from '../../cli/project/write-plain.ts';
import { PROJECT, runTool } from '../check/run-tool.ts';
import { buildPackage } from './build-package.ts';
import { buildTemplate } from './build-template.ts';
import { complaintsAboutRelease, type ReleaseFacts, tagOf } from './check-release.ts';

// npm run release: checks version, changelog and tag, and builds what is released into .local/release. --dry-run builds whatever
// they are. It publishes nothing.
const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } });
const folder = join(PROJECT, '.local/release');

const git = async (...args: string[]) =>
  (await runTool('git', args)).split('\n').filter((line) => line.trim() !== '');

async function readFacts(): Promise<ReleaseFacts> {
  const read = (file: string) => readFile(join(PROJECT, file), 'utf8');
  return {
    version: JSON.parse(await read('package.json')).version,
    locked: JSON.parse(await read('package-lock.json')).version,
    changelog: await read('CHANGELOG.md'),
    tags: await git('tag', '--points-at', 'HEAD'),
    changed: (await git('status', '--porcelain')).map((line) => line.slice(3)),
  };
}

const facts = await readFacts();
const complaints = complaintsAboutRelease(facts);
for (const complaint of complaints) console.log(`not ready: ${complaint}`);
if (complaints.length > 0 && !values['dry-run']) {
  process.exitCode = 1;
} else {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await buildPackage(folder);
  await rm(await buildTemplate(folder, facts.version), { recursive: true });
  await writeFile(join(folder, SUMS), await sumsOf(folder, (await readdir(folder)).sort()));
  console.log(`built ${tagOf(facts.version)}${values['dry-run'] ? ', a dry run' : ''}:`);
  for (const file of await readdir(folder)) console.log(`  ${relative(PROJECT, join(folder, file))}`);
}
