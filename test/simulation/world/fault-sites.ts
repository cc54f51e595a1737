/** Sites of a run that are no happening: they come with a call, a message or a run of a function. */
export const SITES: Record<string, readonly [number, number]> = {
  'lambda.clock': [0.001, 0.03],
  'lambda.out-of-memory': [0.0005, 0.01],
  'bus.loses': [0.0005, 0.02],
  'bus.doubles': [0.001, 0.1],
  'bus.late': [0.001, 0.1],
  'schedule.misses': [0.001, 0.1],
  'route53.slow-propagation': [0.001, 0.05],
  'ca.misjudges': [0.001, 0.05],
  'ca.poisoned-order': [0.001, 0.02],
  'ca.stuck-order': [0.001, 0.02],
  'ca.order-fails': [0.001, 0.03],
  'ca.spoilt-certificate': [0.001, 0.03],
  'ca.odd-renewal-info': [0.001, 0.05],
  'host.script-dies': [0.001, 0.05],
  'sqs.splits': [0.01, 0.5],
  'ca.slow-issuance': [0.002, 0.1],
};
