// On request, one look at all of it: what CloudWatch knows anyway, and the metrics of lib/reporting/notices/rules/measure.ts.
module.exports = async ({ resolveVariable, resolveConfigurationProperty }) => {
  if ((await resolveVariable('self:custom.params.dashboard')) !== 'true') return {};
  const stage = await resolveVariable('sls:stage');
  const functions = Object.keys(await resolveConfigurationProperty(['functions']));
  const own = (name, more = {}) => ['Perennial', name, 'service', `perennial-${stage}`, more];
  const ofFunctions = (name, stat) =>
    functions.map((id) => [
      'AWS/Lambda',
      name,
      'FunctionName',
      `perennial-${stage}-${id}`,
      { stat, label: id },
    ]);
  const graphs = [
    ['Soonest share of life left, percent', [own('LifeLeft', { stat: 'Minimum' })]],
    [
      'Certificates failing and overdue',
      [own('CertificatesFailing', { stat: 'Maximum' }), own('CertificatesOverdue', { stat: 'Maximum' })],
    ],
    ['Renewals', [own('RenewalsSucceeded', { stat: 'Sum' }), own('RenewalsFailed', { stat: 'Sum' })]],
    ['Hosts out of date', [own('HostsOutOfDate', { stat: 'Maximum' })]],
    [
      'Heartbeat, and days since the weekly sweep',
      [own('Heartbeat', { stat: 'Sum' }), own('SweepAge', { stat: 'Maximum', yAxis: 'right' })],
    ],
    [
      'Durations, seconds',
      [own('CheckDuration', { stat: 'Maximum' }), own('RenewalDuration', { stat: 'Maximum' })],
    ],
    ['Errors of functions', ofFunctions('Errors', 'Sum')],
    ['Durations of functions, milliseconds', ofFunctions('Duration', 'Maximum')],
  ];
  const widgets = graphs.map(([title, metrics], index) => ({
    type: 'metric',
    x: (index % 2) * 12,
    y: Math.floor(index / 2) * 6,
    width: 12,
    height: 6,
    // The Sub below knows the region.
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own
    properties: { title, metrics, region: '${AWS::Region}', view: 'timeSeries', period: 3600 },
  }));
  return {
    Resources: {
      Dashboard: {
        Type: 'AWS::CloudWatch::Dashboard',
        Properties: {
          // Dashboards are the account's, of all its regions.
          DashboardName: { 'Fn::Sub': `perennial-${stage}-\${AWS::Region}` },
          DashboardBody: { 'Fn::Sub': JSON.stringify({ start: '-P14D', widgets }) },
        },
      },
    },
  };
};
