import type { Installation } from '../../../lib/delivery/deployment/hosts.ts';
import { MINUTE } from '../engine/durations.ts';
import type { Faults } from '../engine/faults.ts';
import type { Random } from '../engine/random.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import type { Bucket } from './bucket.ts';
import { type Command, type CommandEnd, Commands } from './commands.ts';
import { installOn } from './install-script.ts';
import type { SimulatedHost } from './simulated-host.ts';

interface Parts {
  scheduler: Scheduler;
  random: Random;
  faults: Faults;
  bucket: Bucket;
  /** Puts a status change on the default bus. */
  tellStatus: (detail: object) => void;
}

const DELIVERY_TIMEOUT = MINUTE;

/** Systems Manager and its hosts. */
export class Fleet {
  readonly hosts = new Map<string, SimulatedHost>();
  readonly commands: Commands;
  readonly #parts: Parts;
  running = 0;
  readonly onLaunch: ((host: SimulatedHost) => void)[] = [];
  /** A command goes out, by somebody whose clock is so far off. */
  readonly onSend: ((request: Installation, skewMs: number) => void)[] = [];
  /** Hosts came or went. */
  readonly onChange: (() => void)[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
    this.commands = new Commands(parts.scheduler);
  }

  /** A new host, or one from the image of another. */
  launch(group: string, image?: SimulatedHost): SimulatedHost {
    const { random, scheduler } = this.#parts;
    const instanceId = `i-${random.hex(8)}1`;
    // Its server has read what is installed.
    const state = { installed: new Map(image?.installed), served: new Map(image?.installed) };
    const host = {
      instanceId,
      group,
      isOnline: true,
      isBroken: false,
      isSlow: false,
      ...state,
      since: scheduler.now,
    };
    this.hosts.set(instanceId, host);
    for (const hear of this.onLaunch) hear(host);
    for (const hear of this.onChange) hear();
    return host;
  }

  terminate(host: SimulatedHost): void {
    this.hosts.delete(host.instanceId);
    host.isOnline = false;
    for (const hear of this.onChange) hear();
  }

  send(request: Installation, skewMs: number): string {
    for (const hear of this.onSend) hear(request, skewMs);
    const command = this.commands.add(request);
    this.#wave(command, [...request.instanceIds], 0);
    return command.id;
  }

  /** A quarter of the hosts at a time; when more failed than may, the others are not sent it any more. */
  #wave(command: Command, left: string[], failed: number): void {
    const { scheduler, random } = this.#parts;
    const size = Math.max(1, Math.ceil(command.request.instanceIds.length / 4));
    const wave = left.slice(0, size);
    const rest = left.slice(size);
    let open = wave.length;
    let failures = failed;
    this.running += wave.length;
    for (const instanceId of wave)
      scheduler.after(random.spread(300, 3_000), `ssm begin ${instanceId}`, () =>
        this.#run(command, instanceId, (isFailure) => {
          open -= 1;
          this.running -= 1;
          failures += isFailure ? 1 : 0;
          if (open > 0 || rest.length === 0) return;
          if (failures > command.request.allowedErrors) {
            for (const spared of rest)
              this.#end(command, spared, { status: 'failed', statusDetails: 'Terminated', output: '' });
          } else this.#wave(command, rest, failures);
        }),
      );
  }

  #run(command: Command, instanceId: string, done: (isFailure: boolean) => void): void {
    const { scheduler, random, faults, bucket } = this.#parts;
    const host = this.hosts.get(instanceId);
    if (!host?.isOnline) {
      scheduler.after(DELIVERY_TIMEOUT, `ssm timeout ${instanceId}`, () => {
        this.#end(command, instanceId, { status: 'failed', statusDetails: 'DeliveryTimedOut', output: '' });
        done(true);
      });
      return;
    }
    const time = host.isSlow ? 300_000 : random.spread(1_000, 20_000);
    scheduler.after(time, `ssm run ${instanceId}`, () => {
      const isThere = this.hosts.get(instanceId) === host && host.isOnline;
      const dies = !isThere || host.isSlow || faults.happens('host.script-dies');
      const { request } = command;
      const ended = installOn(host, {
        names: request.names,
        bucket,
        dies: dies ? random.pick(['before', 'swapped'] as const) : undefined,
      });
      const end = dies
        ? { status: 'failed' as const, statusDetails: isThere ? 'Failed' : 'Undeliverable', output: '' }
        : {
            status: ended.isFailure ? ('failed' as const) : ('success' as const),
            statusDetails: ended.isFailure ? 'Failed' : 'Success',
            output: ended.output,
          };
      this.#end(command, instanceId, end);
      done(end.status === 'failed');
    });
  }

  #end(command: Command, instanceId: string, end: CommandEnd): void {
    command.ends.set(instanceId, end);
    this.#parts.tellStatus({
      'command-id': command.id,
      'instance-id': instanceId,
      status: end.status,
      'requested-date-time': new Date(command.at).toISOString(),
    });
  }
}
