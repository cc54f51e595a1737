import type { Host } from '../hosts/host.ts';
import { SsmApiError } from './api-error.ts';
import type { Target } from './command.ts';

export interface DescribeRequest {
  Filters?: Target[];
  MaxResults?: number;
  NextToken?: string;
}

/** DescribeInstanceInformation: the hosts that all filters let through, a page of them. */
export function describeInstances(hosts: Host[], request: DescribeRequest) {
  const { Filters = [], MaxResults = 50, NextToken } = request;
  if (MaxResults < 5 || MaxResults > 50)
    throw new SsmApiError('ValidationException', 'MaxResults must be from 5 to 50');
  const found = hosts.filter((host) => Filters.every((filter) => passes(host, filter)));
  const { page, next } = pageOf(found, { size: MaxResults, token: NextToken });
  return { InstanceInformationList: page.map(viewInstance), ...(next && { NextToken: next }) };
}

function passes(host: Host, { Key, Values }: Target): boolean {
  if (Key.startsWith('tag:')) return hasTag(host, Key.slice(4), Values);
  if (Key === 'InstanceIds') return Values.includes(host.id);
  if (Key === 'PingStatus') return Values.includes(pingStatus(host));
  if (Key === 'ResourceType') return Values.includes(resourceType(host));
  throw new SsmApiError('InvalidFilterKey', `the local SSM does not know the filter ${Key}`);
}

export function hasTag(host: Host, name: string, values: string[]): boolean {
  const value = host.tags[name];
  return value !== undefined && values.includes(value);
}

/** One page of a list; the token is the place to go on at. */
export function pageOf<T>(all: T[], { size, token }: { size: number; token: string | undefined }) {
  const from = Number(token ?? 0);
  if (!Number.isInteger(from)) throw new SsmApiError('InvalidNextToken', 'the token is not valid');
  const next = from + size < all.length ? String(from + size) : undefined;
  return { page: all.slice(from, from + size), next };
}

function viewInstance(host: Host) {
  return {
    InstanceId: host.id,
    PingStatus: pingStatus(host),
    LastPingDateTime: Date.now() / 1000,
    AgentVersion: host.agentVersion,
    IsLatestVersion: true,
    PlatformType: 'Linux',
    PlatformName: 'Debian GNU/Linux',
    ResourceType: resourceType(host),
    IPAddress: '127.0.0.1',
    ComputerName: host.id,
  };
}

const pingStatus = (host: Host) => (host.online ? 'Online' : 'ConnectionLost');
const resourceType = (host: Host) => (host.id.startsWith('mi-') ? 'ManagedInstance' : 'EC2Instance');
