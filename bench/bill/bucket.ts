import { DeleteObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import pMap from 'p-map';
import { S3Store } from '../../lib/adapters/aws/s3-store.ts';
import { renewalKey, stateKey } from '../../lib/foundation/certificate/object-keys.ts';
import type { LocalCloud } from '../../local/cloud.ts';
import { earlierCertificate, putEarlier } from '../../local/demo/seed.ts';

const DAY_MS = 86_400_000;
const CREDENTIALS = { accessKeyId: 'bench', secretAccessKey: 'bench' };

/** The stack's bucket, written to and looked at where S3 sends no event of it. */
export class BenchBucket {
  readonly #s3: S3Client;
  readonly #name: string;
  readonly #store: S3Store;

  private constructor(s3: S3Client, name: string) {
    this.#s3 = s3;
    this.#name = name;
    this.#store = new S3Store(s3, name);
  }

  static async of({ parts, outputs }: LocalCloud): Promise<BenchBucket> {
    const { Bucket = '' } = await outputs();
    const client = { endpoint: parts.motoUrl, region: 'us-east-1', credentials: CREDENTIALS };
    return new BenchBucket(new S3Client({ ...client, forcePathStyle: true }), Bucket);
  }

  /** Asks for a certificate of its name. */
  async want(name: string, hosts: string[] = []): Promise<void> {
    await this.#store.put(renewalKey(name), JSON.stringify({ names: [name], profile: 'classic', hosts }));
  }

  /** Takes that back. */
  async forget(name: string): Promise<void> {
    await this.#s3.send(new DeleteObjectCommand({ Bucket: this.#name, Key: renewalKey(name) }));
  }

  /** Certificates with all their files, none of them due. */
  async seed(names: readonly string[]): Promise<void> {
    await pMap(names, (name) => this.#seedOne(name), { concurrency: 8 });
  }

  async #seedOne(name: string): Promise<void> {
    const earlier = await earlierCertificate([name], [], 60);
    const at = new Date(Date.now() + 20 * DAY_MS).toISOString();
    const suggested = { certId: earlier.pointer.certId, at };
    await this.want(name);
    await this.#store.put(stateKey(name), JSON.stringify({ failures: 0, suggested }));
    await putEarlier({ s3: this.#s3, name: this.#name }, name, earlier);
  }

  /** Of all objects of a certificate. */
  async bytesOf(name: string): Promise<number> {
    const pages = ['archive/', 'live/', 'renewal/', 'state/'].map((folder) =>
      this.#s3.send(new ListObjectsV2Command({ Bucket: this.#name, Prefix: `${folder}${name}` })),
    );
    const objects = (await Promise.all(pages)).flatMap(({ Contents = [] }) => Contents);
    return objects.reduce((so, { Size = 0 }) => so + Size, 0);
  }
}
