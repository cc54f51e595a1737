const jobs = new Set<() => void>();

process.on('exit', () => {
  for (const job of jobs) job();
});

/** Has `job` run when this process exits, which is no time for promises; returns the way to call it off. */
export function atExit(job: () => void): () => void {
  jobs.add(job);
  return () => void jobs.delete(job);
}
