interface Statement {
  Effect?: string;
  Principal?: string | { Service?: string | string[] };
  Action?: string | string[];
  Resource?: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/**
 * Whether a queue's policy lets EventBridge put messages into it for a rule. Of conditions it knows
 * the ones on `aws:SourceArn`; a statement with any other does not count.
 * Source: AWS, "Using resource-based policies for Amazon EventBridge", Amazon SQS permissions.
 */
export function allowsRule(
  policy: string | undefined,
  { queueArn, ruleArn }: { queueArn: string; ruleArn: string },
): boolean {
  const statements = list(policy === undefined ? [] : (JSON.parse(policy).Statement as Statement[]));
  return statements.some(
    (statement) =>
      statement.Effect === 'Allow' &&
      isEventBridge(statement.Principal) &&
      list(statement.Action).some((action) => like(action.toLowerCase(), 'sqs:sendmessage')) &&
      list(statement.Resource).some((resource) => like(resource, queueArn)) &&
      Object.entries(statement.Condition ?? {}).every((condition) => isMet(condition, ruleArn)),
  );
}

function isEventBridge(principal: Statement['Principal']): boolean {
  if (principal === undefined || typeof principal === 'string') return principal === '*';
  return list(principal.Service).includes('events.amazonaws.com');
}

const ARN_OPERATORS = ['ArnEquals', 'ArnLike', 'StringEquals', 'StringLike'];

function isMet([operator, keys]: [string, Record<string, string | string[]>], ruleArn: string): boolean {
  return Object.entries(keys).every(
    ([key, values]) =>
      ARN_OPERATORS.includes(operator) &&
      key.toLowerCase() === 'aws:sourcearn' &&
      list(values).some((value) => like(value, ruleArn)),
  );
}

function like(pattern: string, value: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(value);
}

function list<T>(value: T | T[] | undefined): T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
