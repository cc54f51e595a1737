import type { Command, Invocation, StepResult } from './command.ts';
import { countEnded } from './commands.ts';
import { expiresAfter } from './status-events.ts';

/** Source of all shapes: SSM API reference. Instants are seconds since 1970, except in GetCommandInvocation. */

const PLUGIN_OUTPUT_CHARACTERS = 2500;
const seconds = (date: Date | undefined) => date && date.getTime() / 1000;
const isoText = (date: Date | undefined) => date?.toISOString() ?? '';

export function viewCommand(command: Command) {
  const { targets, completed, errors, deliveryTimedOut } = countEnded(command);
  return {
    CommandId: command.id,
    DocumentName: command.documentName,
    DocumentVersion: '$DEFAULT',
    Comment: command.comment,
    Parameters: command.parameters,
    InstanceIds: command.instanceIds,
    Targets: command.targets,
    RequestedDateTime: seconds(command.requestedAt),
    ExpiresAfter: seconds(expiresAfter(command)),
    TimeoutSeconds: command.timeoutSeconds,
    MaxConcurrency: command.maxConcurrency,
    MaxErrors: command.maxErrors,
    Status: command.status,
    StatusDetails: command.statusDetails,
    TargetCount: targets,
    CompletedCount: completed,
    ErrorCount: errors,
    DeliveryTimedOutCount: deliveryTimedOut,
  };
}

/** As ListCommandInvocations has it; with `details`, the start of what each step printed. */
export function viewInvocation(command: Command, invocation: Invocation, details: boolean) {
  return {
    CommandId: command.id,
    InstanceId: invocation.instanceId,
    Comment: command.comment,
    DocumentName: command.documentName,
    DocumentVersion: '$DEFAULT',
    RequestedDateTime: seconds(command.requestedAt),
    Status: invocation.status,
    StatusDetails: invocation.statusDetails,
    CommandPlugins: details ? invocation.steps.map((step) => viewPlugin(step, invocation)) : [],
  };
}

function viewPlugin(step: StepResult, invocation: Invocation) {
  const output = step.stderr ? `${step.stdout}\n----------ERROR-------\n${step.stderr}` : step.stdout;
  return {
    Name: step.name,
    Status: invocation.status,
    StatusDetails: invocation.statusDetails,
    ResponseCode: step.exitCode,
    ResponseStartDateTime: seconds(invocation.startedAt),
    ResponseFinishDateTime: seconds(invocation.endedAt),
    Output: output.slice(0, PLUGIN_OUTPUT_CHARACTERS),
  };
}

/** As GetCommandInvocation has it, for one step. */
export function viewStep(command: Command, invocation: Invocation, step: StepResult | undefined) {
  return {
    CommandId: command.id,
    InstanceId: invocation.instanceId,
    Comment: command.comment,
    DocumentName: command.documentName,
    DocumentVersion: '$DEFAULT',
    PluginName: step?.name ?? '',
    ResponseCode: step?.exitCode ?? -1,
    ExecutionStartDateTime: isoText(invocation.startedAt),
    ExecutionEndDateTime: isoText(invocation.endedAt),
    Status: invocation.status,
    StatusDetails: invocation.statusDetails,
    StandardOutputContent: step?.stdout ?? '',
    StandardErrorContent: step?.stderr ?? '',
  };
}
