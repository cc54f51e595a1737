import type { Resources } from './resolved-length.ts';

interface Statement {
  Effect?: string;
  Action?: string | string[];
  NotAction?: string | string[];
  Resource?: string | string[];
  Condition?: object;
}

interface PolicyDocument {
  Statement?: Statement | Statement[];
}

/** The actions that roles of the template are allowed, each once, sorted. */
export function actionsOfRoles(resources: Resources): string[] {
  const documents = Object.values(resources).flatMap(({ Type, Properties = {} }): PolicyDocument[] => {
    if (Type === 'AWS::IAM::Role')
      return (Properties.Policies ?? []).map(
        (policy: { PolicyDocument: PolicyDocument }) => policy.PolicyDocument,
      );
    const isOfRoles = Type === 'AWS::IAM::Policy' || (Type === 'AWS::IAM::ManagedPolicy' && Properties.Roles);
    return isOfRoles ? [Properties.PolicyDocument] : [];
  });
  const allowed = documents
    .flatMap(statementsOf)
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action = [] }) => Action);
  return [...new Set(allowed)].sort();
}

/**
 * The actions that a permissions boundary allows nowhere, or denies everywhere, whatever the resource. What it allows for some
 * resources only is not judged: which they will be is not known yet (IAM user guide, "Permissions boundaries").
 */
export function deniedByBoundary(boundary: PolicyDocument, actions: readonly string[]): string[] {
  const statements = statementsOf(boundary);
  const names = (statement: Statement, action: string) =>
    statement.Action !== undefined
      ? [statement.Action].flat().some((pattern) => matches(action, pattern))
      : statement.NotAction !== undefined &&
        ![statement.NotAction].flat().some((pattern) => matches(action, pattern));
  const isEverywhere = ({ Resource, Condition }: Statement) =>
    Condition === undefined && [Resource].flat().includes('*');
  return actions.filter((action) => {
    const about = statements.filter((statement) => names(statement, action));
    const isDenied = about.some((one) => one.Effect === 'Deny' && isEverywhere(one));
    return isDenied || !about.some(({ Effect }) => Effect === 'Allow');
  });
}

const statementsOf = ({ Statement = [] }: PolicyDocument) => [Statement].flat();

/** Names of actions know no upper and lower case; `*` is any characters, `?` one. */
function matches(action: string, pattern: string): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`, 'i').test(action);
}
