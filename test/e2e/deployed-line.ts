import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
} from '@aws-sdk/client-route-53';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { LivePointer } from '../../lib/foundation/certificate/live-pointer.ts';
import type { Plan } from '../../lib/scan/rules/plan.ts';
import { keepBundles } from '../../local/bundles/environment.ts';
import { type CloudOptions, type LocalCloud, startCloud } from '../../local/cloud.ts';

const ROOT = join(import.meta.dirname, '../..');
const LIMIT_MS = 60_000;
/** A machine that is busy with other things takes its time. */
const IDLE_LIMIT_MS = 170_000;

export interface LineOptions extends CloudOptions {
  zones?: string[];
  /** What is deployed; this project by default. */
  deploy?: (cloud: LocalCloud) => Promise<void>;
}

/** The deployed project on a local cloud of its own, with what tests ask of it. */
export class DeployedLine {
  readonly cloud: LocalCloud;
  readonly bucket: string;
  /** Structured log lines of all functions. */
  readonly logged: { function: string; line: Record<string, unknown> }[] = [];
  /** Everything that functions printed. */
  readonly printed: string[] = [];
  readonly s3: S3Client;
  readonly route53: Route53Client;
  readonly #lambda: LambdaClient;
  #zones = new Map<string, string>();

  private constructor(cloud: LocalCloud, bucket: string) {
    const client = {
      endpoint: cloud.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    };
    this.cloud = cloud;
    this.bucket = bucket;
    this.s3 = new S3Client({ ...client, forcePathStyle: true });
    this.route53 = new Route53Client(client);
    this.#lambda = new LambdaClient(client);
    cloud.onFunctionLog((name, line) => {
      this.printed.push(line);
      const read = line.startsWith('{') ? whole(line) : undefined;
      if (read) this.logged.push({ function: name.replace('perennial-local-', ''), line: read });
    });
  }

  static async start({ deploy, ...options }: LineOptions = {}): Promise<DeployedLine> {
    const cloud = await startCloud({
      pebble: { retryAfter: { authz: 0, order: 0 }, nonceReject: 0 },
      queueRetryAfterMs: 100,
      asyncRetryDelaysMs: [10, 10],
      reusePackage: true,
      ...options,
    });
    try {
      await (deploy ?? (() => cloud.deploy()))(cloud);
      const line = new DeployedLine(cloud, (await cloud.outputs()).Bucket ?? '');
      for (const zone of options.zones ?? ['example.com', 'example.net']) await line.createZone(zone);
      return line;
    } catch (error) {
      await cloud.stop();
      throw error;
    }
  }

  async createZone(name: string): Promise<void> {
    const { HostedZone } = await this.route53.send(
      new CreateHostedZoneCommand({ Name: name, CallerReference: name }),
    );
    this.#zones.set(name, HostedZone?.Id ?? '');
  }

  /** Values of a record set by `TYPE name`, NS and SOA left out. */
  async records(zone: string): Promise<Record<string, string[]>> {
    const { ResourceRecordSets = [] } = await this.route53.send(
      new ListResourceRecordSetsCommand({ HostedZoneId: this.#zones.get(zone) }),
    );
    const sets = ResourceRecordSets.filter(({ Type }) => Type === 'TXT' || Type === 'CAA');
    return Object.fromEntries(
      sets.map(({ Name, Type, ResourceRecords = [] }) => [
        `${Type} ${Name}`,
        ResourceRecords.map(({ Value = '' }) => Value),
      ]),
    );
  }

  async addRecord(
    zone: string,
    { Name, Type, values }: { Name: string; Type: 'TXT' | 'CAA' | 'CNAME'; values: string[] },
  ): Promise<void> {
    const ResourceRecordSet = { Name, Type, TTL: 300, ResourceRecords: values.map((Value) => ({ Value })) };
    const Changes = [{ Action: 'CREATE' as const, ResourceRecordSet }];
    await this.route53.send(
      new ChangeResourceRecordSetsCommand({ HostedZoneId: this.#zones.get(zone), ChangeBatch: { Changes } }),
    );
  }

  zoneId(zone: string): string {
    return this.#zones.get(zone) ?? '';
  }

  async put(key: string, body: unknown): Promise<void> {
    await this.s3.send(
      new PutObjectCommand({
        Bucket: this.bucket,
        Key: key,
        Body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    );
  }

  async remove(key: string): Promise<void> {
    await this.s3.send(new DeleteObjectCommand({ Bucket: this.bucket, Key: key }));
  }

  async text(key: string): Promise<string | undefined> {
    try {
      const { Body } = await this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
      return await Body?.transformToString();
    } catch {
      return undefined;
    }
  }

  async keys(prefix = ''): Promise<string[]> {
    const pages = paginateListObjectsV2({ client: this.s3 }, { Bucket: this.bucket, Prefix: prefix });
    const keys: string[] = [];
    for await (const { Contents = [] } of pages) keys.push(...Contents.map(({ Key = '' }) => Key));
    return keys;
  }

  async pointer(name: string): Promise<LivePointer | undefined> {
    const text = await this.text(`live/${name}.json`);
    return text === undefined ? undefined : LivePointer.parse(JSON.parse(text));
  }

  scan(event: object): Promise<Plan> {
    return this.invoke('scan', event);
  }

  /** What a function answers to an event, or to none, as `serverless invoke` asks it; throws the function's error. */
  async invoke<Answer>(name: string, event?: object): Promise<Answer> {
    const { Payload, FunctionError } = await this.#lambda.send(
      new InvokeCommand({
        FunctionName: `perennial-local-${name}`,
        ...(event && { Payload: Buffer.from(JSON.stringify(event)) }),
      }),
    );
    const answer = JSON.parse(Payload?.transformToString() ?? '');
    if (FunctionError) throw new Error(answer.errorMessage);
    return answer;
  }

  /** Runs a program of this project with the cloud's environment. */
  async run(program: string, args: string[]): Promise<string> {
    const running = promisify(execFile)(program, args, {
      cwd: ROOT,
      env: { ...process.env, ...this.cloud.env, ...keepBundles(ROOT, process.env) },
      timeout: LIMIT_MS,
    });
    running.child.stdin?.end();
    return (await running).stdout;
  }

  idle(): Promise<void> {
    return this.cloud.idle(IDLE_LIMIT_MS);
  }

  /** Puts a renewal file and waits until everything that follows from it has ended. */
  async putAndWait(name: string, file: unknown): Promise<void> {
    await this.put(`renewal/${name}.json`, file);
    await this.idle();
  }

  /** What the functions logged under a key, such as `certificate`, for one name. */
  outcomes(name: string): { outcome?: string; action?: string; reason: string; message?: string }[] {
    return this.logged.flatMap(({ line }) => {
      const certificate = line.certificate as { name: string; reason: string } | undefined;
      return certificate?.name === name ? [certificate] : [];
    });
  }

  stop(): Promise<void> {
    this.s3.destroy();
    this.route53.destroy();
    this.#lambda.destroy();
    return this.cloud.stop();
  }
}

/** The last line of a process that was killed may be a part of one. */
function whole(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
