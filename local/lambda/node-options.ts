/** As Lambda's own start of Node: new space 5 %, old space 90 % of the memory, unless NODE_OPTIONS says something of either. */
export function heapOptions(memoryMb: number, { NODE_OPTIONS = '' }: Record<string, string>): string[] {
  if (/--max[-_](semi|old)[-_]space[-_]size/.test(NODE_OPTIONS)) return [];
  const part = (percent: number) => Math.floor((memoryMb * percent) / 100);
  return [`--max-semi-space-size=${part(5)}`, `--max-old-space-size=${part(90)}`];
}

/** A sample each millisecond; more of them cost more than they tell. */
export const profileOptions = (folder: string | undefined) =>
  folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`, '--cpu-prof-interval=1000'];
