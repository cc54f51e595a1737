// One alarm over the errors of all functions that run by themselves; who invokes one by hand sees its error. Those that a queue
// feeds give a message back and report none, but when they cannot start, or run out of time or memory.
const MOST_METRICS = 10;

module.exports = async ({ resolveVariable, resolveConfigurationProperty }) => {
  const functions = Object.entries(await resolveConfigurationProperty(['functions']));
  const names = functions.filter(([, { events }]) => events?.length > 0).map(([name]) => name);
  if (names.length >= MOST_METRICS)
    throw new Error('an alarm takes at most 10 metrics; add up some functions apart');
  const stage = await resolveVariable('sls:stage');
  const docsUrl = await resolveVariable('self:custom.params.docsUrl');
  return {
    Resources: {
      FunctionErrorsAlarm: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          AlarmName: `perennial-${stage}-function-errors`,
          AlarmDescription: `A function failed in three hours of six. What to do: ${docsUrl}/operations.md#function-errors`,
          AlarmActions: [{ Ref: 'AlarmTopic' }],
          ComparisonOperator: 'GreaterThanOrEqualToThreshold',
          Threshold: 1,
          EvaluationPeriods: 6,
          DatapointsToAlarm: 3,
          TreatMissingData: 'notBreaching',
          Metrics: [
            {
              Id: 'all',
              Label: 'Errors of functions',
              Expression: names.join(' + '),
              ReturnData: true,
            },
            ...names.map((name) => ({
              Id: name,
              ReturnData: false,
              MetricStat: {
                Stat: 'Sum',
                Period: 3600,
                Metric: {
                  Namespace: 'AWS/Lambda',
                  MetricName: 'Errors',
                  Dimensions: [{ Name: 'FunctionName', Value: { Ref: logicalId(name) } }],
                },
              },
            })),
          ],
        },
      },
    },
  };
};

/** As Serverless names a function's resource. */
function logicalId(name) {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}LambdaFunction`;
}
