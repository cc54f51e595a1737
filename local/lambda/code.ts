import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { readAll } from '../gateway/forward.ts';
import type { DeployedFunction } from './deployed-function.ts';

/**
 * Unpacks deployed zips, each one once, and tells where. `dir` must not lie below a node_modules
 * folder: a module that is missing in the zip would be found there and be missed on AWS only.
 */
export class UnpackedCode {
  readonly #options: { motoUrl: string; dir: string };
  readonly #unpacked = new Map<string, Promise<string>>();

  constructor(options: { motoUrl: string; dir: string }) {
    this.#options = options;
  }

  /** The folder with the function's files, which Lambda shows as /var/task. */
  folderOf(deployed: DeployedFunction): Promise<string> {
    const known = this.#unpacked.get(deployed.codeSha256);
    if (known) return known;
    const unpacking = this.#unpack(deployed);
    this.#unpacked.set(deployed.codeSha256, unpacking);
    unpacking.catch(() => this.#unpacked.delete(deployed.codeSha256));
    return unpacking;
  }

  async #unpack({ name, arn, codeSha256 }: DeployedFunction): Promise<string> {
    const { status, body } = await download(`${this.#options.motoUrl}/deployed-code/${arn}`);
    if (status !== 200) throw new Error(`could not read the deployed zip of ${name}: HTTP ${status}`);
    const folderName = createHash('sha256').update(codeSha256).digest('hex').slice(0, 16);
    const folder = join(this.#options.dir, folderName);
    for (const [path, content] of Object.entries(unzipSync(body))) {
      if (path.endsWith('/')) continue;
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    return folder;
  }
}

/** Not fetch: Node's ends the process when the server closes the connection before all of a body is taken. */
function download(url: string): Promise<{ status: number | undefined; body: Buffer }> {
  return new Promise((resolve, reject) => {
    get(url, (response) => {
      readAll(response).then((body) => resolve({ status: response.statusCode, body }), reject);
    }).on('error', reject);
  });
}
