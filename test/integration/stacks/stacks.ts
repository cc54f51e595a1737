import { join } from 'node:path';
import { runCommand } from '../../../local/setup/run-command.ts';
import { type BaseImage, NODE, PYTHON } from './base-images.ts';
import { fetchNpmCache, fetchWheels } from './fetched-packages.ts';

/** An application behind Nginx, of examples/. */
export interface Stack {
  name: string;
  /** what its Dockerfile begins with */
  base: BaseImage;
  /** What the build finds where; `base` is the image that stands for the official one, `podman` the command. */
  packages(app: string, base: string, podman: readonly string[]): Promise<string>;
  /** in the answer of its first page */
  says: string;
  /** what the compose file takes from .env */
  env?: string;
}

async function wheelsOf(app: string, base: string, [program = '', ...flags]: readonly string[]) {
  const asked = [
    'run',
    '--rm',
    '--network',
    'none',
    '--ulimit',
    'nofile=1024:1024',
    '--ulimit',
    'nproc=1024:1024',
  ];
  const script = 'import sys; print("%d.%d" % sys.version_info[:2])';
  const version = await runCommand(program, [...flags, ...asked, base, 'python3', '-c', script]);
  return `${await fetchWheels(join(app, 'requirements.txt'), version.trim())}:/wheels:ro`;
}

const django: Stack = {
  name: 'django',
  base: PYTHON,
  packages: wheelsOf,
  says: 'Django at https://example.com/',
  env: 'SECRET_KEY=of-a-test-only-and-longer-than-fifty-characters-as-it-has-to-be\n',
};

const fastapi: Stack = {
  name: 'fastapi',
  base: PYTHON,
  packages: wheelsOf,
  says: 'FastAPI at https://example.com/',
};

const nextjs: Stack = {
  name: 'nextjs',
  base: NODE,
  packages: async (app) => `${await fetchNpmCache(join(app, 'package-lock.json'))}:/npm-cache`,
  says: 'Next.js at https://example.com/',
};

/** All of them with EXAMPLES=all, as `npm run examples` says; Next.js builds for a minute or more. */
export const STACKS = process.env.EXAMPLES === 'all' ? [django, fastapi, nextjs] : [django, fastapi];
