import { SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { SsmHosts } from '../../../../lib/adapters/aws/ssm-hosts.ts';
import { hostGroup } from '../../../fakes/stack.ts';
import { awsError, type SentCommand, stubbed } from '../../../fakes/stubbed-client.ts';

const STACK = { document: 'perennial-install', bucket: 'bucket', region: 'eu-central-1' };
const ids = (count: number) => Array.from({ length: count }, (_, nth) => `i-${nth}`);

function hostsWith(answer: (command: SentCommand, nth: number) => object | undefined) {
  const { client, sent } = stubbed(new SSMClient({ region: 'eu-central-1' }), answer);
  return { hosts: new SsmHosts(client, STACK), sent };
}

describe('the hosts of a group', () => {
  it('are listed to the last page, by tag, with whether each is online', async () => {
    const { hosts, sent } = hostsWith((_, nth) => ({
      InstanceInformationList: [
        { InstanceId: `i-${1 - nth}`, PingStatus: nth === 0 ? 'Online' : 'ConnectionLost' },
      ],
      ...(nth === 0 && { NextToken: 'more' }),
    }));
    expect(await hosts.inGroup('web')).toEqual([
      { instanceId: 'i-0', online: false, agentVersion: undefined },
      { instanceId: 'i-1', online: true, agentVersion: undefined },
    ]);
    expect(sent[0]?.input.Filters).toEqual([{ Key: 'tag:perennial-group', Values: ['web'] }]);
  });
});

describe('an installation', () => {
  const installation = { group: hostGroup('web'), names: ['shop', 'blog'], allowedErrors: 0 };

  it.each([1, 50])('goes to just the %i hosts that were chosen', async (count) => {
    const { hosts, sent } = hostsWith(() => ({ Command: { CommandId: 'c-1' } }));
    expect(await hosts.install({ ...installation, instanceIds: ids(count) })).toBe('c-1');
    expect(sent[0]?.input.InstanceIds).toEqual(ids(count));
    expect(sent[0]?.input.Targets).toBeUndefined();
  });

  it('for over fifty goes to the group: SSM takes no longer list', async () => {
    const { hosts, sent } = hostsWith(() => ({}));
    await hosts.install({ ...installation, instanceIds: ids(51) });
    expect(sent[0]?.input.InstanceIds).toBeUndefined();
    expect(sent[0]?.input.Targets).toEqual([{ Key: 'tag:perennial-group', Values: ['web'] }]);
  });

  it("runs the stack's own document, with all that the group says", async () => {
    const { hosts, sent } = hostsWith(() => ({}));
    const group = { ...installation.group, keyGroup: 'nginx', keyMode: '0640' };
    await hosts.install({ ...installation, group, instanceIds: ids(1), allowedErrors: 2 });
    expect(sent[0]?.input).toMatchObject({
      DocumentName: 'perennial-install',
      MaxErrors: '2',
      Comment: 'perennial-group=web',
      Parameters: {
        bucket: ['bucket'],
        region: ['eu-central-1'],
        names: ['shop blog'],
        root: [group.root],
        reload: [group.reload],
        container: [group.container],
        port: [String(group.port)],
        keyGroup: ['nginx'],
        keyMode: ['0640'],
      },
    });
  });

  it.each([
    ['InvalidDocument', 'document-missing'],
    ['AccessDeniedException', 'hosts-access-denied'],
    ['ThrottlingException', 'hosts-unavailable'],
  ])('that ends in %s fails as %s', async (name, reason) => {
    const { hosts } = hostsWith(() => {
      throw awsError(name);
    });
    await expect(hosts.install({ ...installation, instanceIds: ids(1) })).rejects.toMatchObject({ reason });
  });
});

describe('what a host did', () => {
  it.each([
    ['Success', 'success'],
    ['Pending', 'waiting'],
    ['InProgress', 'waiting'],
    ['Delayed', 'waiting'],
    ['Cancelling', 'waiting'],
    ['Failed', 'failed'],
    ['TimedOut', 'failed'],
    ['Cancelled', 'failed'],
  ])('with status %s counts as %s', async (Status, status) => {
    const { hosts } = hostsWith(() => ({
      Status,
      Comment: 'perennial-group=web',
      StandardOutputContent: '{}',
    }));
    expect(await hosts.invocation('c-1', 'i-1')).toMatchObject({ status, group: 'web', output: '{}' });
  });

  it('is awaited while SSM knows the command and not yet its hosts', async () => {
    const { hosts } = hostsWith(() => {
      throw awsError('InvocationDoesNotExist');
    });
    expect(await hosts.invocation('c-1', 'i-1')).toMatchObject({ status: 'waiting' });
  });

  it("of somebody else's command belongs to no group", async () => {
    const { hosts } = hostsWith(() => ({ Status: 'Success', Comment: 'patch night' }));
    expect((await hosts.invocation('c-1', 'i-1')).group).toBeUndefined();
  });
});
