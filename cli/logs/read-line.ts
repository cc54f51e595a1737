import { oneLine } from '../../lib/foundation/common/one-line.ts';

/** What a line of a function's log says of one certificate. */
export interface SaidLine {
  level: string;
  text: string;
}

const LONGEST = 2_000;
type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/**
 * What a line says of a certificate; `undefined` for one that is not about it, for metrics, and for what was only planned, which
 * whoever asked has been told. `name` may stand in a line about another certificate, as one of its DNS names.
 */
export function readLine(line: string, name: string): SaidLine | undefined {
  const logged = parsed(line);
  if (!logged)
    return mentions(line, name)
      ? { level: 'ERROR', text: oneLine(line.replace(/^ERROR /, ''), LONGEST) }
      : undefined;
  if (logged._aws || textOf(logged.message).endsWith(' planned')) return undefined;
  const subjects = subjectsOf(logged);
  if (subjects ? !subjects.includes(name) : !mentions(line, name)) return undefined;
  return { level: textOf(logged.level) || 'INFO', text: oneLine(words(logged, name), LONGEST) };
}

/** Lambda's own lines, such as that a function ran out of time, are no JSON. */
function parsed(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function mentions(line: string, name: string): boolean {
  const escaped = name.replace(/[.*+?^$()[\]\\|{}]/g, '\\$&');
  return new RegExp(`(?<![\\w.*@-])${escaped}(?![\\w-]|\\.\\w)`).test(line);
}

/** The certificates that a line is about; `undefined` where only its words can tell. */
function subjectsOf(logged: Fields): string[] | undefined {
  const one = [fieldsOf(logged.certificate).name, fieldsOf(logged.finding).certificate]
    .map(textOf)
    .filter(Boolean);
  if (one.length > 0) return one;
  for (const several of [logged.deployment, logged.waiting])
    if (isFields(several) && Array.isArray(several.names)) return several.names.map(textOf);
  const { results } = fieldsOf(logged.report);
  return Array.isArray(results) ? results.map((result) => textOf(fieldsOf(result).name)) : undefined;
}

function words(logged: Fields, name: string): string {
  const { certificate, finding, deployment, waiting, report, failure, warning, mail } = logged;
  const said = textOf(logged.message);
  if (isFields(certificate)) return `${said}: ${ending(certificate)}`;
  if (isFields(finding))
    return `${said}: ${[finding.check, finding.status, finding.seen, finding.remedy].map(textOf).filter(Boolean).join('; ')}`;
  if (isFields(deployment)) return `${said}: ${toGroup(deployment)}`;
  if (isFields(waiting)) return `${said}: ${toGroup(waiting)} until ${textOf(waiting.until)}`;
  if (isFields(report)) return `${said}: ${onHost(report, name)}`;
  if (isFields(failure)) return `${said}: ${textOf(failure.message)} (${textOf(failure.reason)})`;
  if (isFields(mail)) return `${said}: ${textOf(mail.subject)}`;
  return warning === undefined
    ? said
    : `${said}: ${typeof warning === 'string' ? warning : JSON.stringify(warning)}`;
}

function ending(certificate: Fields): string {
  const { action, outcome, reason, version, message, revoked, until } = certificate;
  const verb = textOf(action) || textOf(outcome) || 'seen';
  const when = textOf(until) ? ` until ${textOf(until).slice(0, 16)}Z` : '';
  const more = [textOf(version), textOf(message), isFields(revoked) ? 'revoked' : ''].filter(Boolean);
  return [`${verb}${textOf(reason) ? ` (${textOf(reason)})` : ''}${when}`, ...more].join('; ');
}

function toGroup({ group, reason, hosts, command }: Fields): string {
  const count = Array.isArray(hosts) ? `, ${hosts.length} hosts` : '';
  return `group ${textOf(group)}${textOf(reason) ? ` (${textOf(reason)})` : ''}${count}${textOf(command) ? `, command ${textOf(command)}` : ''}`;
}

function onHost({ instanceId, results }: Fields, name: string): string {
  const told = (Array.isArray(results) ? results : []).map(fieldsOf).filter((result) => result.name === name);
  const each = told.map(({ outcome, message }) =>
    [textOf(outcome), textOf(message)].filter(Boolean).join(': '),
  );
  return `${textOf(instanceId)} ${each.join(', ')}`;
}
