import assert from 'node:assert/strict';
import type { Host } from '../../../local/hosts/host.ts';
import { createAuthority } from '../../integration/certificate-authority.ts';
import { assertUnbroken, startProbe } from '../../integration/tls-probe.ts';
import { DeployedLine } from '../deployed-line.ts';

const GROUP = 'web';
/** A canary may be waited for for a minute. */
const IDLE_LIMIT_MS = 150_000;
const IDS = ['i-00000000000000001', 'i-00000000000000002', 'mi-00000000000000003'] as const;

/** Three hosts of one group behind the deployed stack; `lineages` are served by each, as `<lineage>.example.com`. */
export class Fleet {
  readonly line: DeployedLine;
  readonly #roots: string;

  private constructor(line: DeployedLine, roots: string) {
    this.line = line;
    this.#roots = roots;
  }

  static async start(lineages: readonly string[]): Promise<Fleet> {
    const authority = await createAuthority();
    const hosts = await Promise.all(
      IDS.map(async (id) => {
        const sites = lineages.map(async (lineage) => {
          const serverName = `${lineage}.example.com`;
          return { serverName, lineage, certificate: await authority.issue({ names: [serverName] }) };
        });
        return { id, tags: { 'perennial-group': GROUP }, sites: await Promise.all(sites) };
      }),
    );
    const line = await DeployedLine.start({ hosts, zones: ['example.com'], deliveryLimitMs: 500 });
    return new Fleet(line, `${authority.root}\n${await line.cloud.caRoots()}`);
  }

  /** In the order in which a deployment goes. */
  get hosts(): [canary: Host, second: Host, third: Host] {
    const [canary, second, third] = IDS.map((id) => this.line.cloud.hosts.get(id));
    assert.ok(canary && second && third);
    return [canary, second, third];
  }

  /** Runs `body` beside clients that connect to every host 50 times a second and must always get a valid certificate. */
  async probed(lineage: string, body: () => Promise<void>): Promise<void> {
    const stops = this.hosts.map(({ tlsPort }) =>
      startProbe({ port: tlsPort, names: [`${lineage}.example.com`], ca: this.#roots }),
    );
    let failed = true;
    try {
      await body();
      failed = false;
    } finally {
      const seen = await Promise.all(stops.map((stop) => stop()));
      if (!failed) for (const one of seen) assertUnbroken(one);
    }
  }

  /** Asks for the lineage's first certificate and waits until all that follows has ended. */
  async order(lineage: string): Promise<void> {
    await this.line.put(`renewal/${lineage}.json`, {
      names: [`${lineage}.example.com`],
      hosts: [GROUP],
      profile: 'classic',
    });
    await this.line.cloud.idle(IDLE_LIMIT_MS);
    const why = JSON.stringify(this.line.outcomes(lineage));
    assert.ok(await this.line.pointer(lineage), `${lineage} was not issued: ${why}`);
  }

  async hourlyCheck(): Promise<void> {
    await this.line.cloud.fireSchedule((expression) => expression === 'rate(1 hour)');
    await this.line.cloud.idle(IDLE_LIMIT_MS);
  }

  /** What a host reported last of a lineage, as `hosts/<id>.json` has it. */
  async reported(host: Host, lineage: string): Promise<{ outcome?: string; reason?: string }> {
    const record = await this.line.text(`hosts/${host.id}.json`);
    const { outcome, reason } = JSON.parse(record ?? '{"lineages":{}}').lineages[lineage] ?? {};
    return { outcome, reason };
  }

  /** Which hosts serve the lineage's newest certificate now, in their order. */
  async serving(lineage: string): Promise<boolean[]> {
    const serial = (await this.line.pointer(lineage))?.serial.toUpperCase();
    const seen = this.hosts.map(async ({ tlsPort }) => {
      const stop = startProbe({ port: tlsPort, names: [`${lineage}.example.com`], ca: this.#roots });
      return (await stop()).serials.includes(serial ?? 'none');
    });
    return Promise.all(seen);
  }

  /** Whether a function logged this reason for a deployment of the lineage. */
  wasLogged(reason: string, since: number): boolean {
    return this.line.printed.slice(since).some((line) => line.includes(reason));
  }

  stop(): Promise<void> {
    return this.line.stop();
  }
}
