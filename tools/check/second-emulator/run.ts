import { startMinistackCloud } from '../../../local/ministack/cloud.ts';
import { findMinistack } from '../../../local/setup/ministack.ts';
import { ensureSetup } from '../../../local/setup.ts';
import { PROJECT, runTool, ToolError } from '../run-tool.ts';
import { expectSame, until } from './expectations.ts';
import { Observer } from './observer.ts';

const NAME = 'example.com';
const UNUSABLE = 'shop.example.net';
const REGIONS = ['us-east-1', 'eu-west-1'];

interface Pointer {
  version: string;
  serial: string;
}

interface Decided {
  name: string;
  action: string;
  reason: string;
}

/**
 * Deploys the packaged stack to MiniStack and takes a certificate through its life there. Tells each step with `say`, once it
 * has gone as it does on the local cloud; throws ExpectationError for the first that has not.
 */
export async function runOnSecondEmulator(say: (line: string) => void = () => {}): Promise<void> {
  const setup = await ensureSetup(say);
  const ministack = await findMinistack();
  if (typeof ministack === 'string') throw new ToolError(ministack.replace('SKIPPED: ', ''));
  const cloud = await startMinistackCloud(ministack.program, setup);
  try {
    await cloud.deploy();
    const observer = new Observer(cloud.env.AWS_ENDPOINT_URL ?? '');
    const bucket = await observer.bucket();
    const life = new Life(observer, bucket, cloud.env);
    say('deployed by serverless');
    const first = await life.issue();
    say('issued from the S3 event to the pointer, and imported into ACM in two regions');
    await life.planAndStatus();
    say('plan and status say so');
    await life.renewByForce(first);
    say('renewed by force, and imported over the ARN of before');
    await observer.put(bucket, `renewal/${UNUSABLE}.json`, { names: [UNUSABLE], profile: 'classic' });
    await life.checkHourly();
    await until('a mail about a file that cannot be used', async () => {
      await life.look('notify');
      return cloud.mails.find(({ subject }) =>
        subject.includes(`${UNUSABLE}.json cannot be used: no-hosted-zone`),
      );
    });
    say('mailed what is wrong');
    await cloud.remove();
    expectSame('what serverless remove leaves', await observer.left(), {
      buckets: [bucket],
      functions: [],
      resources: 0,
    });
    expectSame('the archive after it', await observer.hasObjects(bucket, `archive/${NAME}/`), true);
    say('removed by serverless, all but the bucket');
  } finally {
    await cloud.stop();
  }
}

/** One certificate's life. */
class Life {
  readonly #observer: Observer;
  readonly #bucket: string;
  readonly #env: Record<string, string>;

  constructor(observer: Observer, bucket: string, env: Record<string, string>) {
    this.#observer = observer;
    this.#bucket = bucket;
    this.#env = env;
  }

  async issue(): Promise<Pointer> {
    await this.#observer.createZone(NAME);
    await this.#observer.put(this.#bucket, `renewal/${NAME}.json`, {
      names: [NAME, `*.${NAME}`],
      profile: 'classic',
      acm: REGIONS.map((region) => ({ region })),
    });
    const pointer = await until('the first certificate', () => this.#pointer());
    await this.#imported(pointer);
    return pointer;
  }

  async planAndStatus(): Promise<void> {
    const { certificates: planned } = await this.#perennial<{ certificates: Decided[] }>('plan');
    const decided = planned.map(({ name, action, reason }) => ({ name, action, reason }));
    expectSame('plan', decided, [{ name: NAME, action: 'wait', reason: 'not-due' }]);
    const { certificates } = await this.#perennial<{ certificates: { name: string; health: string }[] }>(
      'status',
    );
    const judged = certificates.map(({ name, health }) => ({ name, health }));
    expectSame('status', judged, [{ name: NAME, health: 'ok' }]);
  }

  async renewByForce(first: Pointer): Promise<void> {
    const arns = await this.#arns();
    await this.#perennial('renew', NAME, '--force');
    const second = await until('the version of a renewal by force', async () => {
      const pointer = await this.#pointer();
      return pointer && pointer.version !== first.version ? pointer : undefined;
    });
    await this.#imported(second);
    expectSame('the ARNs after a renewal', await this.#arns(), arns);
  }

  /** As the schedule does. */
  async checkHourly(): Promise<void> {
    await this.#observer.invoke('perennial-local-scan', { start: 'hourly-check' });
  }

  /** The same for a queue; that of files is left to MiniStack's own schedule. */
  async look(functionName: string): Promise<void> {
    await this.#observer.invoke(`perennial-local-${functionName}`, { look: true });
  }

  async #pointer(): Promise<Pointer | undefined> {
    return this.#observer.read<Pointer>(this.#bucket, `live/${NAME}.json`);
  }

  async #imported({ serial }: Pointer): Promise<void> {
    for (const region of REGIONS) {
      await until(`the import in ${region}`, async () => {
        await this.look('acm');
        const found = (await this.#observer.imports(region)).map((one) => BigInt(`0x${one.serial}`));
        return found.length === 1 && found[0] === BigInt(`0x${serial}`) ? true : undefined;
      });
    }
  }

  async #arns(): Promise<string[]> {
    const found = await Promise.all(REGIONS.map((region) => this.#observer.imports(region)));
    return found.flat().map(({ arn }) => arn);
  }

  async #perennial<Answer>(...args: string[]): Promise<Answer> {
    return JSON.parse(
      await runTool(process.execPath, ['cli/main.ts', ...args, '--json'], { cwd: PROJECT, env: this.#env }),
    );
  }
}
