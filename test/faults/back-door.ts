import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { EventBridgeBus } from '../../lib/adapters/aws/event-bus.ts';
import type { StackEvent } from '../../lib/foundation/events/events.ts';
import type { DeployedLine } from '../e2e/deployed-line.ts';
import type { Subject } from './subject.ts';
import { ZONE } from './subject.ts';

/** Ways into the stack that nobody uses but rows: objects that S3 tells nobody of, messages that no scan sent. */
export class BackDoor {
  readonly #line: DeployedLine;
  readonly #directoryUrl: string;
  readonly #eventBridge: EventBridgeClient;
  readonly #moto: S3Client;

  constructor(line: DeployedLine, { directoryUrl }: { directoryUrl: string }) {
    const client = { region: 'us-east-1', credentials: { accessKeyId: 'faults', secretAccessKey: 'faults' } };
    this.#line = line;
    this.#directoryUrl = directoryUrl;
    this.#eventBridge = new EventBridgeClient({ ...client, endpoint: line.cloud.endpoint });
    const { motoUrl } = line.cloud.parts;
    this.#moto = new S3Client({ ...client, endpoint: motoUrl, forcePathStyle: true });
  }

  /** Puts an object where S3 sends no event of it. */
  async quiet(key: string, body: object): Promise<void> {
    await this.#moto.send(
      new PutObjectCommand({ Bucket: this.#line.bucket, Key: key, Body: JSON.stringify(body) }),
    );
  }

  /** Has these renewed for the first time, each by a worker of its own, without a scan. */
  async renewAtOnce(subjects: readonly Subject[]): Promise<void> {
    for (const { name, names } of subjects)
      await this.quiet(`renewal/${name}.json`, { names, profile: 'classic' });
    const ca = this.#directoryUrl;
    const zoneIds = [this.#line.zoneId(ZONE)];
    const due = subjects.map(({ name }): StackEvent => {
      const certificates = [{ name, reason: 'never-issued', replacing: null }];
      return { type: 'Renewal Due', detail: { ca, zoneIds, certificates } };
    });
    await this.publish(due);
  }

  /** Puts facts on the stack's bus, as the functions do. */
  async publish(facts: readonly StackEvent[]): Promise<void> {
    const { aws } = this.#line.cloud.parts;
    const { environment } = await aws.functions.deployed('perennial-local-scan');
    await new EventBridgeBus(this.#eventBridge, environment.EVENT_BUS ?? '').publish(facts);
  }

  stop(): void {
    this.#eventBridge.destroy();
    this.#moto.destroy();
  }
}
