import { runCommand } from '../setup/run-command.ts';

const IMAGE = 'perennial-local-nginx';

/** Docker cannot run a root folder as it is: imports it once as an image, and returns the image's name. */
export async function ensureImage(rootfs: string): Promise<string> {
  const known = await runCommand('docker', ['image', 'inspect', IMAGE]).catch(() => undefined);
  if (known === undefined)
    await runCommand('sh', ['-c', 'tar -C "$0" -c . | docker import - "$1"', rootfs, IMAGE]);
  return IMAGE;
}
