import { printable } from '../../lib/foundation/common/explain-issues.ts';
import { ProjectError } from './project-error.ts';

/** How a group's web server reloads, as in settings.example.yml. */
export interface AskedGroup {
  reload: string;
  container?: string;
}

export interface AskedSettings {
  contact: string;
  agreeToTerms: boolean;
  domains: readonly string[];
  hostGroups: Readonly<Record<string, AskedGroup>>;
}

/** settings.yml with what was asked. `section`: `default`, or a stage; `schema`: its path from there, where an editor can reach it. */
export function settingsText(
  asked: AskedSettings,
  { section, schema }: { section: string; schema?: string },
): string {
  // JSON is YAML, and quotes whatever needs it.
  const list = (values: readonly string[]) => `[${values.map((value) => JSON.stringify(value)).join(', ')}]`;
  const groups = Object.entries(asked.hostGroups).map(
    ([name, settings]) => `    ${JSON.stringify(name)}: { ${pairs(settings)} }`,
  );
  return [
    ...(schema === undefined ? [] : [`# yaml-language-server: $schema=${schema}`]),
    '# Settings of Perennial. settings.example.yml explains all of them.',
    `${section}:`,
    `  contact: ${JSON.stringify(asked.contact)}`,
    `  # The CA's terms of service: https://letsencrypt.org/repository/`,
    `  agreeToTerms: ${asked.agreeToTerms}`,
    `  domains: ${list(asked.domains)}`,
    ...(groups.length === 0
      ? ['  hostGroups: {}']
      : ['  # Hosts are those with the tag perennial-group=<name>.', '  hostGroups:', ...groups]),
    '',
  ].join('\n');
}

const pairs = (settings: AskedGroup) =>
  Object.entries(settings)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
    .join(', ');

const RELOADS = ['container', 'service', 'hooks'];

/** `web=container:nginx,mail=hooks` as host groups; `none` as none. Throws {@link ProjectError}. */
export function parseGroups(text: string): Record<string, AskedGroup> {
  if (text.trim() === 'none') return {};
  const entries = text.split(',').map((item): [string, AskedGroup] => {
    const [, name = '', reload = RELOADS[0] ?? '', container] =
      /^([^=:]+?)(?:=([^:]+)(?::(.+))?)?$/.exec(item.trim()) ?? [];
    const isContainer = reload === 'container';
    if (name === '' || !RELOADS.includes(reload) || (container !== undefined && !isContainer))
      throw new ProjectError('host-groups-wrong', {
        seen: `"${printable(item.trim())}" is no host group`,
        remedy: 'give them as in web=container:nginx,edge=service,mail=hooks, or "none"',
      });
    return [name, { reload, ...(isContainer && { container: container ?? 'web' }) }];
  });
  const names = entries.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new ProjectError('host-groups-wrong', {
      seen: `the host group "${printable(twice)}" stands twice`,
      remedy: 'name each once',
    });
  return Object.fromEntries(entries);
}
