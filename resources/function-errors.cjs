// One alarm over the errors of all functions that run by themselves; who invokes one by hand sees its error. Those that a queue
// feeds give a message back and report none, but when they cannot start, or run out of time or memory. Lambda counts errors of
// each function apart, and an alarm costs by the metric; so they are counted in the logs, as one metric.

/** What Lambda writes of a function that could not start, or was ended, and lib/lambda/handler.ts of an error. */
const PATTERN = ['invocation failed', 'Task timed out after', 'Status: timeout', 'Status: error']
  .map((text) => `?"${text}"`)
  .join(' ');

module.exports = async ({ resolveVariable, resolveConfigurationProperty }) => {
  const functions = Object.entries(await resolveConfigurationProperty(['functions']));
  const names = functions.filter(([, { events }]) => events?.length > 0).map(([name]) => name);
  const stage = await resolveVariable('sls:stage');
  const docsUrl = await resolveVariable('self:custom.params.docsUrl');
  const metric = { namespace: `Perennial/${stage}`, name: 'FunctionErrors' };
  return {
    Resources: {
      ...Object.fromEntries(names.map((name) => [`${idOf(name)}ErrorsFilter`, filter(name, metric)])),
      FunctionErrorsAlarm: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          AlarmName: `perennial-${stage}-function-errors`,
          AlarmDescription: `A function failed in three hours of six. What to do: ${docsUrl}/operations.md#function-errors`,
          AlarmActions: [{ Ref: 'AlarmTopic' }],
          Namespace: metric.namespace,
          MetricName: metric.name,
          Statistic: 'Sum',
          Period: 3600,
          ComparisonOperator: 'GreaterThanOrEqualToThreshold',
          Threshold: 1,
          EvaluationPeriods: 6,
          DatapointsToAlarm: 3,
          TreatMissingData: 'notBreaching',
        },
      },
    },
  };
};

/** Without a default value: AWS bills a metric for each hour in which it has one. */
function filter(name, { namespace, name: MetricName }) {
  return {
    Type: 'AWS::Logs::MetricFilter',
    Properties: {
      LogGroupName: { Ref: `${idOf(name)}LogGroup` },
      FilterPattern: PATTERN,
      MetricTransformations: [{ MetricNamespace: namespace, MetricName, MetricValue: '1' }],
    },
  };
}

/** As Serverless names a function's resources. */
function idOf(name) {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
