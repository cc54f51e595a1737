import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CpuControl, findCpuControl, shareOf } from '../../../local/lambda/share/cpu-control.ts';
import { limitFiles, parseUsage } from '../../../local/lambda/share/group-files.ts';
import { hierarchiesFrom } from '../../../local/lambda/share/hierarchies.ts';

const mount = (root: string, point: string, type: string, options: string) =>
  `32 31 0:29 ${root} ${point} rw,nosuid shared:9 - ${type} cgroup rw,${options}`;

describe("a function's share of a core", () => {
  it.each([
    [128, 0.072],
    [256, 0.145],
    [1769, 1],
    [2048, 1.158],
  ])('is, with %i MB, %d', (memoryMb, share) => {
    expect(shareOf(memoryMb)).toBeCloseTo(share, 3);
  });
});

describe('the files that limit a group', () => {
  it.each([
    [
      1,
      shareOf(256),
      [
        ['cpu.cfs_period_us', '20000'],
        ['cpu.cfs_quota_us', '2894'],
      ],
    ],
    [
      1,
      shareOf(2048),
      [
        ['cpu.cfs_period_us', '20000'],
        ['cpu.cfs_quota_us', '23154'],
      ],
    ],
    [
      1,
      undefined,
      [
        ['cpu.cfs_period_us', '20000'],
        ['cpu.cfs_quota_us', '-1'],
      ],
    ],
    [2, shareOf(256), [['cpu.max', '2894 20000']]],
    [2, undefined, [['cpu.max', 'max 20000']]],
    [2, 0.01, [['cpu.max', '1000 20000']]],
  ] as const)('are, by version %i with a share of %s, %j', (version, share, files) => {
    expect(limitFiles(version, share)).toEqual(files);
  });
});

describe('what a group has used', () => {
  it('stands, by version 1, in nanoseconds in two files', () => {
    const stat = 'nr_periods 20\nnr_throttled 19\nthrottled_time 359157594\nnr_bursts 0\nburst_time 0\n';
    expect(parseUsage(1, stat, '1234567890\n')).toEqual({ usedMs: 1234.56789, throttledMs: 359.157594 });
  });

  it('stands, by version 2, in microseconds in one', () => {
    const stat =
      'usage_usec 1500000\nuser_usec 1000000\nsystem_usec 500000\nnr_periods 20\nnr_throttled 19\nthrottled_usec 359157\n';
    expect(parseUsage(2, stat)).toEqual({ usedMs: 1500, throttledMs: 359.157 });
  });

  it('is nothing by version 2 before a controller is on', () => {
    expect(parseUsage(2, 'usage_usec 7000\nuser_usec 4000\nsystem_usec 3000\n')).toEqual({
      usedMs: 7,
      throttledMs: 0,
    });
  });
});

describe('where groups are made', () => {
  const v1 = [
    mount('/', '/sys/fs/cgroup/cpu', 'cgroup', 'cpu'),
    mount('/', '/sys/fs/cgroup/cpuacct', 'cgroup', 'cpuacct'),
    mount('/', '/sys/fs/cgroup/unified', 'cgroup2', ''),
  ].join('\n');
  const both = mount('/', '/sys/fs/cgroup/cpu,cpuacct', 'cgroup', 'cpu,cpuacct');
  const v2 = mount('/', '/sys/fs/cgroup', 'cgroup2', 'nsdelegate');

  it.each([
    [
      'in two hierarchies, where version 1 has its controllers apart',
      v1,
      '2:cpuacct:/a\n1:cpu:/b\n0::/',
      [{ version: 1, folders: ['/sys/fs/cgroup/cpu/b', '/sys/fs/cgroup/cpuacct/a'] }],
    ],
    [
      'in one, where it has them together',
      both,
      '4:cpu,cpuacct:/a',
      [{ version: 1, folders: ['/sys/fs/cgroup/cpu,cpuacct/a'] }],
    ],
    [
      "below the mount, where a container's own group is all that it sees",
      mount('/docker/abc', '/sys/fs/cgroup/cpu,cpuacct', 'cgroup', 'cpu,cpuacct'),
      '4:cpu,cpuacct:/docker/abc',
      [{ version: 1, folders: ['/sys/fs/cgroup/cpu,cpuacct'] }],
    ],
    [
      'by version 2 in the own group, else in one above it',
      v2,
      '0::/user.slice/session.scope',
      [
        { version: 2, folders: ['/sys/fs/cgroup/user.slice/session.scope'] },
        { version: 2, folders: ['/sys/fs/cgroup/user.slice'] },
        { version: 2, folders: ['/sys/fs/cgroup'] },
      ],
    ],
    ['nowhere, where nothing is mounted', '', '', []],
  ])('%s', (_, mountInfo, ownGroups, expected) => {
    expect(hierarchiesFrom(mountInfo, ownGroups)).toEqual(expected);
  });
});

/** A plain folder in the place of the kernel's: what is written stays as it was written. */
describe('the control of CPU', () => {
  let folder: string;
  const read = (...path: string[]) => readFileSync(join(folder, ...path), 'latin1');
  const missing = { version: 2, folders: ['/nowhere'] } as const;
  const given = (...hierarchies: { version: 1 | 2; folders: readonly string[] }[]) =>
    findCpuControl(hierarchies.map(({ version, folders }) => ({ version, folders: [...folders] })));
  const control = (version: 1 | 2, ...folders: string[]) => {
    const found = given({ version, folders });
    if (!(found instanceof CpuControl)) throw new Error(found);
    return found;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'perennial-groups-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('has, by version 2, the controller passed on to the groups that it makes', () => {
    writeFileSync(join(folder, 'cgroup.subtree_control'), 'memory pids\n');
    const found = control(2, folder);
    expect(read('cgroup.subtree_control')).toBe('+cpu');
    const group = found.openGroup(4711);
    group?.limit(0.5);
    const [, name = ''] = found.groups();
    expect([read(name, 'cgroup.procs'), read(name, 'cpu.max')]).toEqual(['4711', '10000 20000']);
  });

  it('leaves, by version 2, a controller alone that is passed on already', () => {
    writeFileSync(join(folder, 'cgroup.subtree_control'), 'cpu memory\n');
    control(2, folder);
    expect(read('cgroup.subtree_control')).toBe('cpu memory\n');
  });

  it('takes, by version 1, a process into both hierarchies', () => {
    const accounts = mkdtempSync(join(folder, 'cpuacct-'));
    const found = control(1, folder, accounts);
    found.openGroup(4711)?.limit(0.5);
    const [, name = ''] = found.groups();
    expect(read(name, 'cpu.cfs_quota_us')).toBe('10000');
    expect(readFileSync(join(accounts, name, 'cgroup.procs'), 'latin1')).toBe('4711');
  });

  it('is that of the first place that allows it', () => {
    writeFileSync(join(folder, 'cgroup.subtree_control'), 'cpu\n');
    expect(given(missing, { version: 2, folders: [folder] })).toBeInstanceOf(CpuControl);
  });

  it.each([
    ['nothing is mounted', [], /^no control groups are mounted here that can limit CPU$/],
    [
      'no place allows it',
      [missing],
      /^no group with a limit of CPU can be made in \/nowhere \(ENOENT\); run it as root/,
    ],
  ])('is one line where %s', (_, hierarchies, line) => {
    expect(given(...hierarchies)).toMatch(line);
  });
});
