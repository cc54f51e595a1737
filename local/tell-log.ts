/** What a line of a function's log says, for a person: which certificate, host or group, and how it ended. Nothing for metrics. */
export function tellLog(line: string): string | undefined {
  try {
    const { level, message, certificate, deployment, report, failure, error } = JSON.parse(line);
    const planned = message?.endsWith(' planned') ? 'plan: ' : '';
    if (failure) return `${message}: ${failure.message} (${failure.reason})`;
    if (certificate)
      return `${planned}${certificate.name} ${certificate.action ?? certificate.outcome} (${certificate.reason})`;
    if (deployment)
      return `${planned}group ${deployment.group}, ${deployment.names.join(', ')} (${deployment.reason})`;
    if (report?.results)
      return report.results
        .map(
          (result: { name: string; outcome: string }) =>
            `${report.instanceId} ${result.name} ${result.outcome}`,
        )
        .join(', ');
    if (typeof message !== 'string') return undefined;
    return level === 'ERROR' && error?.message ? `${message}: ${error.message}` : message;
  } catch {
    return undefined;
  }
}
