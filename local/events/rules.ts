import {
  type EventBridgeClient,
  ListEventBusesCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  type Rule,
  type Target,
} from '@aws-sdk/client-eventbridge';

/** An enabled rule with its targets; a pattern, a schedule, or both. */
export interface DeployedRule {
  bus: string;
  name: string;
  arn: string;
  pattern: unknown;
  schedule: string | undefined;
  targets: Target[];
}

/** Reads every enabled rule of every bus. */
export async function readRules(client: EventBridgeClient): Promise<DeployedRule[]> {
  const { EventBuses = [] } = await client.send(new ListEventBusesCommand({}));
  const ofBuses = await Promise.all(EventBuses.map(({ Name = '' }) => rulesOfBus(client, Name)));
  return ofBuses.flat();
}

async function rulesOfBus(client: EventBridgeClient, bus: string): Promise<DeployedRule[]> {
  const rules: Rule[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new ListRulesCommand({ EventBusName: bus, NextToken }));
    rules.push(...(page.Rules ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  const enabled = rules.filter((rule) => rule.State === 'ENABLED');
  return Promise.all(enabled.map((rule) => withTargets(client, bus, rule)));
}

/** A rule has at most five targets, so there is one page. */
async function withTargets(client: EventBridgeClient, bus: string, rule: Rule): Promise<DeployedRule> {
  const query = new ListTargetsByRuleCommand({ EventBusName: bus, Rule: rule.Name });
  const { Targets = [] } = await client.send(query);
  return {
    bus,
    name: rule.Name ?? '',
    arn: rule.Arn ?? '',
    pattern: rule.EventPattern === undefined ? undefined : JSON.parse(rule.EventPattern),
    schedule: rule.ScheduleExpression,
    targets: Targets,
  };
}
