import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type ContainerCommand, ENGINE_ENVIRONMENT } from '../setup/container.ts';
import { SetupError } from '../setup/setup-error.ts';
import { type AwsCli, startAwsCli } from './aws-cli/start.ts';
import { findFreePort } from './free-port.ts';
import { Host } from './host.ts';
import { type HostOptions, type Mount, mountsOf } from './host-options.ts';
import { removeLeftovers } from './leftovers.ts';
import type { Nginx } from './nginx.ts';
import type { Server } from './nginx-configuration.ts';
import { NginxContainer } from './nginx-container.ts';
import { NginxService } from './nginx-service.ts';
import { installSites, type Site } from './site.ts';
import { writeTool } from './tools.ts';
import { Turns } from './turns.ts';

/** What hosts are made with. */
export interface HostsOptions {
  /** everything is kept below `<dir>/hosts/` */
  dir: string;
  container?: ContainerCommand;
  nginxRootfs?: string;
  /** the folder with the AWS CLI */
  venvBin: string;
  /** the environment of a host's programs: endpoint, credentials of its role */
  env(hostId: string): Record<string, string>;
  /** told of each host whose agent has just registered with Systems Manager */
  onRegistered?: (host: Host) => Promise<void>;
}

/** The hosts of the local fleet. */
export class Hosts {
  readonly #options: HostsOptions;
  readonly #hosts = new Map<string, Host>();
  readonly #started: Nginx[] = [];
  #swept: Promise<void> | undefined;
  #awsCli: Promise<AwsCli> | undefined;

  constructor(options: HostsOptions) {
    this.#options = options;
  }

  /** What only hosts need. */
  get #made(): { container: ContainerCommand; rootfs: string } {
    const { container, nginxRootfs: rootfs } = this.#options;
    if (!container || !rootfs) throw new SetupError('this cloud was started without hosts');
    return { container, rootfs };
  }

  get(id: string): Host | undefined {
    return this.#hosts.get(id);
  }

  all(): Host[] {
    return [...this.#hosts.values()];
  }

  /** Starts a host with an Nginx of its own, and resolves when that serves. */
  async start(options: HostOptions): Promise<Host> {
    const folder = this.#folder(options.id);
    const root = join(folder, 'mnt/letsencrypt');
    const service = options.reload === 'service' ? new NginxService(folder, this.#made.rootfs) : undefined;
    const nginx = service ?? this.#container(folder, mountsOf(options, root), options);
    const host = await this.#add(options, nginx);
    const live = join(service ? root : '/etc/letsencrypt', 'live');
    await this.#serve(nginx, await prepareServers(host, options.sites ?? [], live), [host]);
    return host;
  }

  /** Starts many hosts that share one Nginx container, each on a port of its own; their scripts take turns. */
  async startFleet(fleet: HostOptions[]): Promise<Host[]> {
    const nginx = this.#container(join(this.#options.dir, 'fleet', String(this.#started.length)), [
      [join(this.#options.dir, 'hosts'), '/hosts:ro'],
    ]);
    const turns = new Turns();
    const hosts: Host[] = [];
    const servers: Server[] = [];
    for (const options of fleet) {
      const host = await this.#add(options, nginx, turns);
      servers.push(
        ...(await prepareServers(host, options.sites ?? [], `/hosts/${host.id}/mnt/letsencrypt/live`)),
      );
      hosts.push(host);
    }
    await this.#serve(nginx, servers, hosts);
    return hosts;
  }

  /** Stops every Nginx and removes the hosts' folders. */
  async stop(): Promise<void> {
    await Promise.all(this.#started.splice(0).map((nginx) => nginx.stop()));
    await (await this.#awsCli)?.stop();
    this.#awsCli = undefined;
    this.#hosts.clear();
    for (const folder of ['hosts', 'fleet'])
      await rm(join(this.#options.dir, folder), { recursive: true, force: true });
  }

  #folder(id: string): string {
    return join(this.#options.dir, 'hosts', id);
  }

  #container(
    folder: string,
    mounts: Mount[],
    made: Pick<HostOptions, 'user' | 'labels' | 'flags' | 'program'> = {},
  ): NginxContainer {
    return new NginxContainer({ ...made, ...this.#made, dir: folder, mounts });
  }

  async #add(options: HostOptions, nginx: Nginx, turns?: Turns): Promise<Host> {
    const { id, tags = {}, online = true } = options;
    const folder = this.#folder(id);
    const tlsPort = await findFreePort();
    const httpPort = await findFreePort();
    await this.#writeTools(join(folder, 'bin'), { nginx, tlsPort, container: options.container ?? 'web' });
    this.#awsCli ??= startAwsCli(this.#options);
    await writeTool(join(folder, 'bin'), 'aws', { command: [join((await this.#awsCli).folder, 'aws')] });
    const env = {
      PATH: '/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin',
      HOME: folder,
      AWS_EC2_METADATA_DISABLED: 'true',
      ...this.#options.env(id),
    };
    const { rootless } = this.#made.container;
    const host = new Host(
      { id, tags, folder, env, tlsPort, httpPort, nginx, turns, enter: rootless?.enter },
      online,
    );
    await mkdir(join(host.root, 'live'), { recursive: true });
    this.#hosts.set(id, host);
    return host;
  }

  async #writeTools(bin: string, { nginx, tlsPort, container }: HostTools): Promise<void> {
    await writeTool(bin, 'openssl', {
      command: ['openssl'],
      renamed: { '127.0.0.1:443': `127.0.0.1:${tlsPort}` },
    });
    // This machine may have a systemd with an Nginx of its own.
    await writeTool(bin, 'systemctl', { command: ['false'] });
    if (nginx instanceof NginxService) await writeTool(bin, 'nginx', { command: nginx.command });
    if (nginx instanceof NginxContainer) {
      const { kind, command: asRoot, rootless } = this.#made.container;
      const { command } = rootless ?? { command: asRoot };
      await writeTool(bin, kind, { command, renamed: { [container]: nginx.name }, env: ENGINE_ENVIRONMENT });
    }
  }

  #withoutLeftovers(): Promise<void> {
    this.#swept ??= removeLeftovers(this.#made.container);
    return this.#swept;
  }

  async #serve(nginx: Nginx, servers: Server[], hosts: Host[]): Promise<void> {
    if (nginx instanceof NginxContainer) await this.#withoutLeftovers();
    this.#started.push(nginx);
    await nginx.configure(servers);
    await nginx.start();
    for (const host of hosts) await this.#options.onRegistered?.(host);
  }
}

interface HostTools {
  nginx: Nginx;
  tlsPort: number;
  container: string;
}

/** Installs what the sites start with; `live` is the host's live/ folder as Nginx sees it. */
async function prepareServers(host: Host, sites: Site[], live: string): Promise<Server[]> {
  const withCertificate = await installSites(host.root, sites);
  return withCertificate.map(({ serverName, lineage }) => ({
    port: host.tlsPort,
    httpPort: host.httpPort,
    serverName,
    certificateFolder: join(live, lineage),
  }));
}
