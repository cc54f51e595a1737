import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { ListQueuesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Newcomer } from './newcomer.ts';

const SETTLE_LIMIT_MS = 60_000;
const ACCOUNT = '123456789012';
const DEAD_LETTER = { detail: { group: 'web', reason: 'certificate-renewed', names: ['example.com'] } };

/** What the newcomer's local cloud has, for what the docs leave to the reader to fill in, and to see when all is done. */
export class Deployed {
  readonly #s3: S3Client;
  readonly #sqs: SQSClient;
  readonly #bucket: string;
  readonly #newcomer: Newcomer;

  private constructor(newcomer: Newcomer, { endpoint, bucket }: { endpoint: string; bucket: string }) {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    this.#s3 = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
    this.#sqs = new SQSClient({ endpoint, region: 'us-east-1', credentials });
    this.#bucket = bucket;
    this.#newcomer = newcomer;
  }

  static async by(newcomer: Newcomer): Promise<Deployed> {
    const { output } = await newcomer.run('echo "$AWS_ENDPOINT_URL $BUCKET"');
    const [endpoint = '', bucket = ''] = output.trim().split(' ');
    return new Deployed(newcomer, { endpoint, bucket });
  }

  /** What stands in the docs for something of the reader's, filled in. */
  async fillIn(command: string): Promise<string> {
    const filled: [RegExp | string, string][] = [
      [/(?<![$\w])BUCKET\b/g, this.#bucket],
      ['REGION', 'us-east-1'],
      ['ACCOUNT', ACCOUNT],
      ['NAME', 'example.com'],
      ['STAGE', 'local'],
      [/\bperennial-production\b/g, 'perennial-local'],
      ['[names...]', ''],
      ['[folder]', '/tmp/letsencrypt'],
      ['<folder>', '/tmp/exported-too'],
      ['/etc/letsencrypt', '/tmp/letsencrypt'],
      // Version 1 of the AWS CLI asks SQS at AWS's own address, whatever AWS_ENDPOINT_URL says.
      [/^aws sqs/g, 'aws --endpoint-url $AWS_ENDPOINT_URL sqs'],
    ];
    if (command.includes('DEAD-LETTERS')) filled.push(['DEAD-LETTERS', await this.#queue('DeadLetters')]);
    return filled.reduce((text, [from, to]) => text.replaceAll(from, to), command).trim();
  }

  async leaveDeadLetter(): Promise<void> {
    const QueueUrl = `https://sqs.us-east-1.amazonaws.com/${ACCOUNT}/${await this.#queue('DeadLetters')}`;
    await this.#sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(DEAD_LETTER) }));
  }

  /** Forgets versions that are not live: a week in which nothing was issued, so that the budget is not spent. */
  async beginNewWeek(): Promise<void> {
    for (const Key of await this.#keys('archive/')) {
      const [, name = '', version] = Key.split('/');
      if (version === (await this.#json(`live/${name}.json`))?.version) continue;
      await this.#s3.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key }));
    }
  }

  /** Resolves when what is wanted is live, nothing is under way, and the host has reported all of it. */
  async settled(): Promise<void> {
    const deadline = performance.now() + SETTLE_LIMIT_MS;
    for (let quiet = 0; quiet < 2; ) {
      const open = await this.#open();
      quiet = open === '' ? quiet + 1 : 0;
      if (performance.now() > deadline) throw new Error(`after ${SETTLE_LIMIT_MS / 1000} s still: ${open}`);
      await sleep(250);
    }
  }

  stop(): void {
    this.#s3.destroy();
    this.#sqs.destroy();
  }

  async #open(): Promise<string> {
    const counted = (pattern: RegExp) => [...this.#newcomer.printed.matchAll(pattern)].length;
    if (counted(/^ {2}scan: \S+ renew /gm) > counted(/^ {2}renew: \S+ /gm)) return 'a renewal was not begun';
    const [pending] = await this.#keys('pending/');
    if (pending) return pending;
    const host = await this.#json('hosts/i-0123456789abcdef0.json');
    for (const key of await this.#keys('renewal/')) {
      const name = key.slice('renewal/'.length, -'.json'.length);
      const live = await this.#json(`live/${name}.json`);
      if (live === undefined) return `${name} is not live`;
      if (host?.lineages?.[name]?.version !== live.version)
        return `the host has no ${live.version} of ${name}`;
    }
    return '';
  }

  async #queue(logicalId: string): Promise<string> {
    const { QueueUrls = [] } = await this.#sqs.send(
      new ListQueuesCommand({ QueueNamePrefix: 'perennial-local' }),
    );
    const url = QueueUrls.find((candidate) => candidate.includes(`-${logicalId}-`));
    if (!url) throw new Error(`no queue ${logicalId} among ${QueueUrls.join(', ')}`);
    return url.split('/').at(-1) ?? '';
  }

  async #keys(Prefix: string): Promise<string[]> {
    const { Contents = [] } = await this.#s3.send(new ListObjectsV2Command({ Bucket: this.#bucket, Prefix }));
    return Contents.map(({ Key = '' }) => Key);
  }

  // biome-ignore lint/suspicious/noExplicitAny: what the stack itself wrote
  async #json(Key: string): Promise<any> {
    try {
      const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key }));
      return JSON.parse((await Body?.transformToString()) ?? '');
    } catch {
      return undefined;
    }
  }
}
