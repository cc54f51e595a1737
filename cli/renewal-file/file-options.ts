import { type Command, Option } from 'commander';
import { KEY_TYPES } from '../../lib/foundation/certificate/renewal-file.ts';
import { listOf } from '../output/parse-options.ts';

interface FileOption {
  /** Of the renewal file, as in `caa.mode`. */
  key: string;
  /** What stands for the value in the help; none for what is true or false. */
  value?: string;
  description: string;
  /** The text as the value of the key; as it stands without it. The parser of renewal files judges it. */
  read?: (text: string) => unknown;
}

const numberOr = (text: string) => (text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text));
const oneOrList = (text: string) => {
  const list = listOf(text);
  return list.length === 1 ? list[0] : list;
};

/** Every key of a renewal file, in the order of the table in docs/reference/renewal-file.md. */
export const FILE_OPTIONS: readonly FileOption[] = [
  { key: 'names', value: '<names>', description: 'DNS names, separated by commas', read: listOf },
  { key: 'hosts', value: '<groups>', description: 'host groups that serve it', read: listOf },
  { key: 'key', value: '<type>', description: `${KEY_TYPES.slice(0, -1).join(', ')} or ${KEY_TYPES.at(-1)}` },
  {
    key: 'serverNames',
    value: '<names>',
    description: 'names to ask a host for if the certificate has only a wildcard',
    read: listOf,
  },
  { key: 'profile', value: '<profile>', description: "the CA's profile" },
  {
    key: 'ca',
    value: '<directories>',
    description: 'ACME directories, in the order in which they are tried',
    read: oneOrList,
  },
  { key: 'zoneRole', value: '<role>', description: 'a role of params.zoneRoles' },
  {
    key: 'preferredChain',
    value: '<root>',
    description: "common name of the root that the CA's chain should lead to",
  },
  { key: 'challenge', value: '<type>', description: 'dns-01 or dns-persist-01' },
  { key: 'reuseKey', description: 'keep the private key at renewals' },
  { key: 'renewBeforeDays', value: '<days>', description: 'days before expiry', read: numberOr },
  {
    key: 'acm',
    value: '<regions>',
    description: 'regions whose ACM gets a copy',
    read: (text) => listOf(text).map((region) => ({ region })),
  },
  { key: 'probe', description: 'check its sites from outside' },
  { key: 'caa.mode', value: '<mode>', description: 'manage, check or off' },
  { key: 'caa.restrict', description: 'bind the CA to our account and to DNS-01 in CAA' },
  {
    key: 'caa.alsoAllow',
    value: '<cas>',
    description: 'further CAs that a CAA set of ours allows',
    read: listOf,
  },
  { key: 'caa.iodef', value: '<address>', description: 'where a CA reports refused requests' },
  { key: '$schema', value: '<schema>', description: 'where an editor finds the JSON Schema of the file' },
];

/** `serverNames` as `server-names`, `caa.alsoAllow` as `caa-also-allow`. */
export const flagOf = (key: string) =>
  `--${key
    .replace('$', '')
    .replace('.', '-')
    .replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** Adds an option for each key; what is true or false has a `--no-…` beside it. */
export function addFileOptions(command: Command, { required = [] as string[] } = {}): Command {
  for (const { key, value, description } of FILE_OPTIONS) {
    const flag = flagOf(key);
    const option = new Option(value ? `${flag} ${value}` : flag, description);
    command.addOption(option.makeOptionMandatory(required.includes(key)));
    if (!value) command.option(flag.replace('--', '--no-'), `${key} is false`);
  }
  return command;
}

/** What commander calls the value of an option. */
type Given = Readonly<Record<string, unknown>>;
const givenFor = (key: string, given: Given) => given[new Option(flagOf(key)).attributeName()];

export const isGiven = (key: string, given: Given) => givenFor(key, given) !== undefined;

/** Whether any key is given. */
export const isAnyGiven = (given: Given) => FILE_OPTIONS.some(({ key }) => isGiven(key, given));

/** The file with the keys that are given. */
export function withOptions(file: Given, given: Given): Record<string, unknown> {
  let changed = { ...file };
  for (const { key, read } of FILE_OPTIONS) {
    const value = givenFor(key, given);
    if (value !== undefined) changed = withKey(changed, key, read ? read(String(value)) : value);
  }
  return changed;
}

/** The file with another value of a key; without the key where that is `undefined`. */
export function withKey(file: Given, key: string, value: unknown): Record<string, unknown> {
  const [first = '', second] = key.split('.');
  if (second === undefined) return omitUndefined({ ...file, [first]: value });
  const inner = omitUndefined({ ...(file[first] as object | undefined), [second]: value });
  return omitUndefined({ ...file, [first]: Object.keys(inner).length > 0 ? inner : undefined });
}

const omitUndefined = (object: Given) =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
