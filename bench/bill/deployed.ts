import { CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { METRICS } from '../../lib/reporting/notices/rules/measure.ts';
import type { LocalCloud } from '../../local/cloud.ts';
import type { Measured } from './model.ts';

const STACK = 'perennial-local';

interface Properties {
  Architectures?: ['arm64' | 'x86_64'];
  MemorySize?: number;
  Timeout?: number;
  ScheduleExpression?: string;
  Metrics?: { MetricStat?: object }[];
}
interface Template {
  Resources: Record<string, { Type: string; Properties: Properties }>;
}

/** What is deployed that decides about the bill. */
export async function readDeployed({
  endpoint,
}: LocalCloud): Promise<Pick<Measured, 'architecture' | 'memoryMb' | 'timeouts' | 'standing'>> {
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const client = new CloudFormationClient({ endpoint, region: 'us-east-1', credentials });
  const { TemplateBody = '{}' } = await client.send(new GetTemplateCommand({ StackName: STACK }));
  const { Resources } = JSON.parse(TemplateBody) as Template;
  const scan = Resources.ScanLambdaFunction?.Properties;
  const status = Resources.StatusLambdaFunction?.Properties;
  return {
    architecture: scan?.Architectures?.[0] ?? 'x86_64',
    memoryMb: { scan: scan?.MemorySize ?? Number.NaN, status: status?.MemorySize ?? Number.NaN },
    timeouts: { scan: scan?.Timeout ?? Number.NaN, status: status?.Timeout ?? Number.NaN },
    standing: standingIn(Resources),
  };
}

/** An alarm over several metrics is billed for each; metrics of our own are published without any trouble only for a dashboard. */
export function standingIn(resources: Template['Resources']): Measured['standing'] {
  const of = (type: string) => Object.values(resources).filter(({ Type }) => Type === type);
  const alarmMetrics = of('AWS::CloudWatch::Alarm').map(
    ({ Properties: { Metrics } }) => Metrics?.filter(({ MetricStat }) => MetricStat).length ?? 1,
  );
  const dashboards = of('AWS::CloudWatch::Dashboard').length;
  return {
    metrics: dashboards > 0 ? Object.keys(METRICS).length : 0,
    alarmMetrics: alarmMetrics.reduce((so, count) => so + count, 0),
    dashboards,
    queues: of('AWS::Lambda::EventSourceMapping').length,
    looksAnHour: of('AWS::Events::Rule')
      .map(({ Properties: { ScheduleExpression = '' } }) =>
        /^rate\((\d+) minutes?\)$/.exec(ScheduleExpression),
      )
      .reduce((so, rate) => so + (rate ? 60 / Number(rate[1]) : 0), 0),
  };
}
