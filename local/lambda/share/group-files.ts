/** Which of the kernel's two interfaces to control groups. */
export type Version = 1 | 2;

/** What the processes of a group have used since it was made. */
export interface CpuUsage {
  usedMs: number;
  /** for how long processes wanted to run and might not */
  throttledMs: number;
}

/** A share is given anew this often. The kernel's own default of 100 ms would turn a small share into pauses of 90 ms. */
const PERIOD_US = 20_000;
/** The kernel refuses less (`min_cfs_quota_period`, kernel/sched). */
const LEAST_US = 1000;

/** What is written to which file, in this order, so that a group has `share` cores; all it wants without a share. */
export function limitFiles(version: Version, share: number | undefined): [file: string, text: string][] {
  const quota = share === undefined ? undefined : Math.max(LEAST_US, Math.round(share * PERIOD_US));
  // Source: Documentation/admin-guide/cgroup-v2.rst, "CPU Interface Files"; Documentation/scheduler/sched-bwc.rst.
  if (version === 2) return [['cpu.max', `${quota ?? 'max'} ${PERIOD_US}`]];
  return [
    ['cpu.cfs_period_us', String(PERIOD_US)],
    ['cpu.cfs_quota_us', String(quota ?? -1)],
  ];
}

/** From `cpu.stat` and, with version 1, from `cpuacct.usage`, which may be in another hierarchy. */
export function parseUsage(version: Version, stat: string, accounted = ''): CpuUsage {
  const value = (key: string) => Number(new RegExp(`^${key} (\\d+)$`, 'm').exec(stat)?.[1] ?? 0);
  return version === 2
    ? { usedMs: value('usage_usec') / 1000, throttledMs: value('throttled_usec') / 1000 }
    : { usedMs: Number(accounted.trim()) / 1e6, throttledMs: value('throttled_time') / 1e6 };
}
