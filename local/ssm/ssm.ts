import { actionOf } from '../gateway/action.ts';
import { jsonAnswer, jsonError } from '../gateway/answers.ts';
import type { AwsRequest, EmitEvent, Forward, LocalService } from '../gateway/request.ts';
import type { Hosts } from '../hosts/hosts.ts';
import { SsmApiError } from './api-error.ts';
import { associationActions } from './association-actions.ts';
import type { Command, Status } from './command.ts';
import { Commands } from './commands.ts';
import { type DescribeRequest, describeInstances, pageOf } from './instances.ts';
import { acceptCommand, type SendCommandRequest } from './send-command.ts';
import { StateManager, type StateManagerOptions } from './state-manager.ts';
import { viewCommand, viewInvocation, viewStep } from './views.ts';

export interface SsmOptions {
  hosts: Hosts;
  emit: EmitEvent;
  /** what State Manager runs; without it, it runs nothing */
  stateManager?: Pick<StateManagerOptions, 'deployed' | 'document'> | undefined;
  /** How long a command waits for an offline host, in place of its own TimeoutSeconds. */
  deliveryLimitMs?: number;
}

export interface Ssm extends LocalService {
  /** runs associations, where it was asked for */
  readonly stateManager: StateManager | undefined;
  /** How many commands have not ended. */
  readonly running: number;
  /** When each run on a host that began after an instant began and ended. */
  endedSince(since: Date): { startedAt: Date; endedAt: Date }[];
  /** Resolves when every command has ended and its events are sent. */
  idle(): Promise<void>;
  /** Cancels what runs. */
  stop(): Promise<void>;
}

/** Run Command and the inventory of hosts; documents and parameters are moto's. */
export function createSsm(options: SsmOptions): Ssm {
  const commands = new Commands(options);
  const { hosts } = options;
  const stateManager = options.stateManager && new StateManager({ ...options.stateManager, hosts, commands });
  const actions: Record<string, Action> = {
    ...createActions(hosts, commands),
    ...(stateManager && associationActions(stateManager)),
  };
  return {
    stateManager,
    async handle(request, forward) {
      const act = actions[actionOf(request).action];
      if (!act) return forward(request);
      try {
        return jsonAnswer(
          await act(JSON.parse(request.body.toString() || '{}') as never, { request, forward }),
        );
      } catch (error) {
        if (error instanceof SsmApiError) return jsonError(error.code, error.message);
        throw error;
      }
    },
    get running() {
      return commands.running;
    },
    endedSince: (since) =>
      commands
        .all()
        .flatMap(({ invocations }) => invocations)
        .flatMap(({ startedAt, endedAt }) =>
          startedAt && endedAt && startedAt > since ? [{ startedAt, endedAt }] : [],
        ),
    idle: () => commands.idle(),
    stop: () => commands.stop(),
  };
}

type Action = (sent: never, call: { request: AwsRequest; forward: Forward }) => unknown;

function createActions(hosts: Hosts, commands: Commands): Record<string, Action> {
  return {
    async SendCommand(sent: SendCommandRequest, { request, forward }) {
      const command = await acceptCommand(sent, request, { hosts, forward });
      const answer = { Command: viewCommand(command) };
      commands.start(command);
      return answer;
    },
    GetCommandInvocation(sent: InvocationRequest) {
      const command = knownCommand(commands, sent.CommandId);
      const invocation = command.invocations.find((one) => one.instanceId === sent.InstanceId);
      if (!invocation) throw new SsmApiError('InvocationDoesNotExist', 'the command was not sent to it');
      const step = invocation.steps.find(({ name }) => name === (sent.PluginName ?? name));
      return viewStep(command, invocation, step);
    },
    ListCommands(sent: ListRequest) {
      const { page, NextToken } = listPage(commandsAsked(commands, sent), sent);
      return { Commands: page.map(viewCommand), NextToken };
    },
    ListCommandInvocations(sent: ListRequest) {
      const all = commandsAsked(commands, { CommandId: sent.CommandId }).flatMap((command) =>
        command.invocations
          .filter((one) => one.instanceId === (sent.InstanceId ?? one.instanceId))
          .filter((one) => hasStatus(one.status, sent))
          .map((one) => viewInvocation(command, one, sent.Details ?? false)),
      );
      const { page, NextToken } = listPage(all, sent);
      return { CommandInvocations: page, NextToken };
    },
    CancelCommand(sent: { CommandId?: string; InstanceIds?: string[] }) {
      commands.cancel(knownCommand(commands, sent.CommandId), sent.InstanceIds);
      return {};
    },
    DescribeInstanceInformation: (sent: DescribeRequest) => describeInstances(hosts.all(), sent),
  };
}

interface InvocationRequest {
  CommandId?: string;
  InstanceId?: string;
  PluginName?: string;
}

interface ListRequest {
  CommandId?: string | undefined;
  InstanceId?: string | undefined;
  Details?: boolean;
  Filters?: { key: string; value: string }[];
  MaxResults?: number;
  NextToken?: string;
}

function knownCommand(commands: Commands, id = ''): Command {
  const command = commands.get(id);
  if (!command) throw new SsmApiError('InvalidCommandId', `command ${id} does not exist`);
  return command;
}

function commandsAsked(commands: Commands, sent: ListRequest): Command[] {
  const asked = sent.CommandId === undefined ? commands.all() : [knownCommand(commands, sent.CommandId)];
  return asked.filter(
    (command) =>
      hasStatus(command.status, sent) &&
      (sent.InstanceId === undefined ||
        command.invocations.some(({ instanceId }) => instanceId === sent.InstanceId)),
  );
}

function hasStatus(status: Status, { Filters = [] }: ListRequest): boolean {
  return Filters.filter(({ key }) => key === 'Status').every(({ value }) => value === status);
}

function listPage<T>(all: T[], { MaxResults = 50, NextToken }: ListRequest) {
  const { page, next } = pageOf(all, { size: MaxResults, token: NextToken });
  return { page, NextToken: next };
}
