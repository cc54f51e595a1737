import { LineageName } from '../../../foundation/certificate/lineage.ts';
import type { Health } from '../../../scan/rules/health.ts';

const COMMANDS: Record<Health, string> = {
  revoked: 'doctor',
  expired: 'doctor',
  unreadable: 'plan',
  rejected: 'doctor',
  failing: 'doctor',
  'never-issued': 'plan',
  overdue: 'plan',
  waiting: 'plan',
  'hosts-unknown': 'doctor',
  'no-hosts': 'doctor',
  'hosts-offline': 'doctor',
  'hosts-behind': 'deploy',
  'not-served': 'doctor',
  'not-imported': 'plan',
  pinned: '',
  'waits-for-window': '',
  retired: '',
  unmanaged: '',
  ok: '',
};

/** What to ask the command line next of a certificate; nothing where all is well, or its name is none. */
export function nextCommand({ name, health }: { name: string; health: Health }): string | undefined {
  const verb = COMMANDS[health];
  return verb !== '' && LineageName.safeParse(name).success ? `${verb} ${name}` : undefined;
}
