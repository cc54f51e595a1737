import { randomUUID } from 'node:crypto';
import type { CommandDocument, ParameterValues } from './document.ts';

/** Statuses of the API; the details say more. Source: Systems Manager user guide, "Understanding command statuses". */
export type Status = 'Pending' | 'InProgress' | 'Success' | 'Failed' | 'TimedOut' | 'Cancelled';
export type StatusDetails =
  | Status
  | 'DeliveryTimedOut'
  | 'ExecutionTimedOut'
  | 'Terminated'
  | 'Incomplete'
  | 'NoInstancesInTag';

/** One document sent to hosts. */
export interface Command {
  id: string;
  documentName: string;
  document: CommandDocument;
  parameters: ParameterValues;
  comment: string;
  instanceIds: string[];
  targets: Target[];
  timeoutSeconds: number;
  maxConcurrency: string;
  maxErrors: string;
  requestedAt: Date;
  /** of the State Manager association that it is a run of */
  associationId?: string;
  status: Status;
  statusDetails: StatusDetails;
  invocations: Invocation[];
}

export interface Target {
  Key: string;
  Values: string[];
}

/** One host's part of a command. */
export interface Invocation {
  instanceId: string;
  status: Status;
  statusDetails: StatusDetails;
  startedAt?: Date;
  endedAt?: Date;
  steps: StepResult[];
  cancel: AbortController;
}

export interface StepResult {
  name: string;
  /** -1 until it has ended */
  exitCode: number;
  stdout: string;
  stderr: string;
}

export type CommandRequest = Omit<
  Command,
  'id' | 'requestedAt' | 'associationId' | 'status' | 'statusDetails' | 'invocations'
>;

export function createCommand(request: CommandRequest, hostIds: string[]): Command {
  return {
    ...request,
    id: randomUUID(),
    requestedAt: new Date(),
    status: 'Pending',
    statusDetails: 'Pending',
    invocations: hostIds.map((instanceId) => ({
      instanceId,
      status: 'Pending',
      statusDetails: 'Pending',
      steps: [],
      cancel: new AbortController(),
    })),
  };
}

export function hasEnded({ status }: { status: Status }): boolean {
  return status !== 'Pending' && status !== 'InProgress';
}

/** `25%` or `2`, of so many hosts. */
export function countOf(text: string, hosts: number): number {
  return text.endsWith('%') ? Math.floor((Number.parseInt(text, 10) / 100) * hosts) : Number(text);
}
