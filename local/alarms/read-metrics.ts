/** A value that a log line carries, as CloudWatch takes it out. */
export interface LoggedMetric {
  namespace: string;
  name: string;
  /** By name. */
  dimensions: Record<string, string>;
  unit: string;
  values: number[];
}

interface EmbeddedMetrics {
  _aws?: {
    CloudWatchMetrics: {
      Namespace: string;
      Dimensions: string[][];
      Metrics: { Name: string; Unit?: string }[];
    }[];
  };
  [member: string]: unknown;
}

/** The metrics in a line of a function's log (CloudWatch user guide, "Specification: Embedded metric format"). */
export function readMetrics(line: string): LoggedMetric[] {
  if (!line.startsWith('{')) return [];
  const logged: EmbeddedMetrics = JSON.parse(line);
  return (logged._aws?.CloudWatchMetrics ?? []).flatMap(({ Namespace, Dimensions, Metrics }) =>
    Dimensions.flatMap((names) =>
      Metrics.map(({ Name, Unit = 'None' }) => ({
        namespace: Namespace,
        name: Name,
        dimensions: Object.fromEntries(names.map((name) => [name, String(logged[name])])),
        unit: Unit,
        values: [logged[Name] as number | number[]].flat(),
      })),
    ),
  );
}
