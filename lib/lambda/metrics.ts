import { Metrics } from '@aws-lambda-powertools/metrics';
import { METRICS, type Measured } from '../reporting/notices/rules/measure.ts';

/** Logs what was measured, in CloudWatch's embedded metric format, with the stage as the only dimension. */
export function publishMetrics(measured: readonly Measured[], stage: string): void {
  if (measured.length === 0) return;
  const metrics = new Metrics({ namespace: 'Perennial', serviceName: `perennial-${stage}` });
  for (const { name, value } of measured) metrics.addMetric(name, METRICS[name], value);
  metrics.publishStoredMetrics();
}
