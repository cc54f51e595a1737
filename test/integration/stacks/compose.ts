import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerCommand } from '../../../local/setup/container.ts';
import { findPodmanCompose } from '../../../local/setup/podman-compose.ts';
import { runCommand } from '../../../local/setup/run-command.ts';
import { ensureBaseImage, NGINX } from './base-images.ts';
import type { Stack } from './stacks.ts';

const EXAMPLES = join(import.meta.dirname, '../../../examples');
const OF_THIS_MACHINE = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024'];

export interface Place {
  /** where the copy of the example goes */
  folder: string;
  /** certbot's folder, which the compose file has as /etc/letsencrypt */
  letsencrypt: string;
  project: string;
  /** of the loopback address, for 80 and 443 */
  httpPort: number;
  tlsPort: number;
}

/** A compose file that runs; podman-compose with what it takes on any machine before its subcommand. */
export interface Composed {
  run(...args: string[]): Promise<string>;
  /** Stops and removes its containers, network and image. */
  remove(): Promise<void>;
}

/** Why compose files cannot be run here, in one line. */
export async function composeIsMissing(container: ContainerCommand): Promise<string | undefined> {
  if (container.kind !== 'podman') return 'SKIPPED: the stand-ins for official images are built with podman';
  if (process.getuid?.() !== 0) return 'SKIPPED: containers with a network of their own need root';
  const found = await findPodmanCompose();
  return typeof found === 'string' ? found : undefined;
}

/**
 * Builds and starts the example's own compose file, its Dockerfile and its configuration of Nginx, as they are. The file
 * beside it that compose merges says only what is another here: images, ports, the certificates' folder, and the address of
 * `app`, because podman has no DNS for containers without a plugin.
 */
export async function composeUp(
  stack: Stack,
  { command }: ContainerCommand,
  place: Place,
): Promise<Composed> {
  const { folder, project } = place;
  const [program = '', ...flags] = command;
  const compose = await findPodmanCompose();
  if (typeof compose === 'string') throw new Error(compose);
  await mkdir(folder, { recursive: true });
  await cp(join(EXAMPLES, stack.name), folder, { recursive: true });
  if (stack.env) await writeFile(join(folder, '.env'), stack.env);
  const base = await ensureBaseImage(command, stack.base);
  await writeFile(join(folder, 'here.yaml'), here(await ensureBaseImage(command, NGINX), place));
  const building = [
    ...['--isolation', 'chroot', '--pull=never', '--layers=false', '--volume'],
    await stack.packages(join(folder, 'app'), base, command),
    ...['--build-context', `${stack.base.official}=container-image://${base}`],
  ];
  const own = [
    ...['--podman-path', program, `--podman-args=${flags.join(' ')}`],
    ...[`--podman-build-args=${building.join(' ')}`, `--podman-run-args=${OF_THIS_MACHINE.join(' ')}`],
    ...['--in-pod', 'false', '--project-name', project, '-f', 'compose.yaml', '-f', 'here.yaml'],
  ];
  const run = (...args: string[]) => runCommand(compose.program, [...own, ...args], { cwd: folder });
  await run('up', '-d');
  return {
    run,
    async remove() {
      await run('down', '--timeout', '1');
      await runCommand(program, [...flags, 'rmi', '--force', `localhost/${project}_app`]);
    },
  };
}

function here(nginx: string, { letsencrypt, httpPort, tlsPort }: Place): string {
  const subnet = `10.213.${tlsPort % 256}`;
  return `services:
  web:
    image: ${nginx}
    ports: !override ["127.0.0.1:${httpPort}:80", "127.0.0.1:${tlsPort}:443"]
    volumes: !override ["${letsencrypt}:/etc/letsencrypt:ro", "./nginx:/etc/nginx/conf.d:ro"]
    extra_hosts: ["app:${subnet}.10"]
  app:
    networks: { default: { ipv4_address: ${subnet}.10 } }
networks:
  default: { ipam: { config: [{ subnet: ${subnet}.0/24 }] } }
`;
}
