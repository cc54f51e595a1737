import { policiesOf, type Resources } from '../../local/iam/template-policies.ts';

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: string | string[];
  Condition?: unknown;
}

/** What every role may do for its own function, on its own log and its own queue. */
const OWN = /^(logs:(CreateLogStream|PutLogEvents)|sqs:(ReceiveMessage|DeleteMessage|GetQueueAttributes))$/;

const IN_BUCKET: Record<string, string> = {
  's3:GetObject': 'reads',
  's3:PutObject': 'writes',
  's3:DeleteObject': 'removes',
};
const COLUMNS = [...Object.values(IN_BUCKET), 'besides'];

/** A Markdown table of everything that the policies of these roles allow; ° where a condition narrows it. */
export function roleTable(resources: Resources, roles: readonly string[]): string {
  const rows = roles.map((role) => {
    const allowed = policiesOf(resources, role).flatMap(({ document }) => statementsOf(document));
    return `| ${[named(role), ...COLUMNS.map((column) => cell(allowed, column))].join(' | ')} |`;
  });
  return [`| role | ${COLUMNS.join(' | ')} |`, `| ---${' | ---'.repeat(COLUMNS.length)} |`, ...rows].join(
    '\n',
  );
}

const named = (role: string) =>
  role.endsWith('Role') ? `\`${role.slice(0, -4).toLowerCase()}\`` : 'a host of the group `web`';

const statementsOf = (document: unknown) => (document as { Statement: Statement[] }).Statement;

function cell(statements: Statement[], column: string): string {
  const items = allowing(statements).flatMap(({ Action, Resource, Condition }) =>
    [Action].flat().flatMap((action) => {
      if (OWN.test(action) || (IN_BUCKET[action] ?? 'besides') !== column) return [];
      const mark = Condition ? '°' : '';
      const places = [Resource].flat().map(placeOf);
      if (column !== 'besides') return places.map((place) => `\`${place}\`${mark}`);
      return [`\`${[action, ...places.filter((place) => place !== '*')].join(' ')}\`${mark}`];
    }),
  );
  return [...new Set(items)].join(', ') || '–';
}

/** What is denied besides stands below the table. */
const allowing = (statements: Statement[]) => statements.filter(({ Effect }) => Effect === 'Allow');

/** The end of an ARN that tells it from others. */
function placeOf(arn: string): string {
  return arn
    .replace(/^arn:aws:s3:::(Bucket\/)?/, '')
    .replace(/^arn:aws:[a-z0-9-]+:[a-z0-9*-]*:(\d{12})?:/, '')
    .replace('parameter/perennial/production/', '');
}
