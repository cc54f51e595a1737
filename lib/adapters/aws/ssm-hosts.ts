import {
  GetCommandInvocationCommand,
  type GetCommandInvocationCommandOutput,
  ListCommandsCommand,
  paginateDescribeInstanceInformation,
  SendCommandCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import {
  type AssociationRun,
  type Host,
  type Hosts,
  HostsError,
  type Installation,
  type Invocation,
} from '../../delivery/deployment/hosts.ts';
import { compareTexts } from '../../foundation/common/compare-texts.ts';
import { findAssociationRun } from './association-run.ts';
import { errorName, errorText, isAccessDenied } from './error-name.ts';

/** SendCommand's limit of explicit ids. */
const MAX_INSTANCE_IDS = 50;
const DELIVERY_TIMEOUT_SECONDS = 60;
const COMMENT = 'perennial-group=';
const TAG = 'tag:perennial-group';

/** Hosts through SSM Run Command, with the stack's own document. */
export class SsmHosts implements Hosts {
  readonly #ssm: SSMClient;
  readonly #stack: { document: string; bucket: string; region: string };
  /** The last command that was sent: its invocations do not say when it was requested. */
  #sent: { commandId?: string | undefined; requestedAt?: Date | undefined } = {};

  constructor(ssm: SSMClient, stack: { document: string; bucket: string; region: string }) {
    this.#ssm = ssm;
    this.#stack = stack;
  }

  async inGroup(group: string): Promise<Host[]> {
    const Filters = [{ Key: TAG, Values: [group] }];
    const pages = paginateDescribeInstanceInformation({ client: this.#ssm, pageSize: 50 }, { Filters });
    const hosts: Host[] = [];
    await this.#ask(`list the hosts of group ${group}`, async () => {
      for await (const { InstanceInformationList = [] } of pages)
        for (const {
          InstanceId: instanceId,
          PingStatus,
          AgentVersion: agentVersion,
        } of InstanceInformationList)
          if (instanceId) hosts.push({ instanceId, online: PingStatus === 'Online', agentVersion });
    });
    return hosts.sort((a, b) => compareTexts(a.instanceId, b.instanceId));
  }

  async install({ group, names, instanceIds, allowedErrors }: Installation): Promise<string> {
    const { document, bucket, region } = this.#stack;
    const answer = await this.#ask(`send the installation to group ${group.name}`, () =>
      this.#ssm.send(
        new SendCommandCommand({
          DocumentName: document,
          ...(instanceIds.length <= MAX_INSTANCE_IDS
            ? { InstanceIds: [...instanceIds] }
            : { Targets: [{ Key: TAG, Values: [group.name] }] }),
          TimeoutSeconds: DELIVERY_TIMEOUT_SECONDS,
          MaxConcurrency: '25%',
          MaxErrors: String(allowedErrors),
          Comment: `${COMMENT}${group.name}`,
          Parameters: {
            bucket: [bucket],
            region: [region],
            names: [names.join(' ')],
            root: [group.root],
            reload: [group.reload],
            container: [group.container],
            port: [String(group.port)],
            ...ifGiven(group),
          },
        }),
      ),
    );
    const { CommandId: commandId, RequestedDateTime: requestedAt } = answer.Command ?? {};
    this.#sent = { commandId, requestedAt };
    return commandId ?? '';
  }

  async namesSent(commandId: string): Promise<string[]> {
    const answer = await this.#ask(`look at command ${commandId}`, () =>
      this.#ssm.send(new ListCommandsCommand({ CommandId: commandId })),
    );
    return answer.Commands?.[0]?.Parameters?.names?.[0]?.split(' ') ?? [];
  }

  async invocation(commandId: string, instanceId: string): Promise<Invocation> {
    const command = new GetCommandInvocationCommand({ CommandId: commandId, InstanceId: instanceId });
    const answer = await this.#ask(`look at command ${commandId} on ${instanceId}`, () =>
      this.#ssm.send(command).catch((cause): Partial<GetCommandInvocationCommandOutput> => {
        // SSM knows a command a moment before its invocations.
        if (errorName(cause) === 'InvocationDoesNotExist') return {};
        throw cause;
      }),
    );
    const begun = Date.parse(answer.ExecutionStartDateTime ?? '');
    const ours = this.#sent.commandId === commandId ? this.#sent.requestedAt : undefined;
    return {
      commandId,
      instanceId,
      requestedAt: ours ?? (Number.isNaN(begun) ? undefined : new Date(begun)),
      group: answer.Comment?.startsWith(COMMENT) ? answer.Comment.slice(COMMENT.length) : undefined,
      status: statusOf(answer.Status ?? 'Pending'),
      statusDetails: answer.StatusDetails ?? answer.Status ?? 'Pending',
      output: answer.StandardOutputContent ?? '',
    };
  }

  async associationRun(associationId: string, instanceId: string): Promise<AssociationRun | undefined> {
    const found = await this.#ask(`look at association ${associationId} on ${instanceId}`, () =>
      findAssociationRun(this.#ssm, { associationId, instanceId, document: this.#stack.document }),
    );
    if (!found) return undefined;
    const { group, commandId, requestedAt } = found;
    const invocation = await this.invocation(commandId, instanceId);
    return { group, invocation: { ...invocation, requestedAt } };
  }

  #ask<T>(attempt: string, call: () => Promise<T>): Promise<T> {
    return call().catch((cause) => {
      throw hostsError(attempt, cause);
    });
  }
}

/** The document's default of each is empty. */
function ifGiven({ address, proxyProtocol, keyGroup, keyMode }: Installation['group']) {
  const given = Object.entries({ address, proxyProtocol, keyGroup, keyMode });
  return Object.fromEntries(
    given.flatMap(([name, value]) => (value === undefined ? [] : [[name, [String(value)]]])),
  );
}

function statusOf(status: string): Invocation['status'] {
  if (status === 'Success') return 'success';
  return ['Pending', 'InProgress', 'Delayed', 'Cancelling'].includes(status) ? 'waiting' : 'failed';
}

function hostsError(attempt: string, cause: unknown): HostsError {
  const failure = (reason: HostsError['reason'], why: string, remedy = '') =>
    new HostsError(reason, { seen: `could not ${attempt}: ${why}`, remedy, cause });
  if (errorName(cause) === 'InvalidDocument')
    return failure('document-missing', "the stack's SSM document is gone", 'run serverless deploy');
  if (isAccessDenied(cause))
    return failure('hosts-access-denied', 'SSM denied it', 'hosts must carry the tag perennial-group');
  return failure('hosts-unavailable', errorText(cause));
}
