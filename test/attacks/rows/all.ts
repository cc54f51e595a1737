import type { Position } from '../attack.ts';
import { BUS } from './bus.ts';
import { CA_ANSWERS } from './ca-answers.ts';
import { CA_ORDERS } from './ca-orders.ts';
import { CONTAINER_ANSWERS } from './container-answers.ts';
import { CONTAINER_TREE } from './container-tree.ts';
import { CONTAINER_VERSIONS } from './container-versions.ts';
import { DNS_RESOLVER } from './dns-resolver.ts';
import { DNS_ZONES } from './dns-zones.ts';
import { DOCUMENTS } from './documents.ts';
import { FILES } from './files.ts';
import { GROUP } from './group.ts';
import { HOST_ATTACKS } from './host.ts';
import { MANAGED } from './managed.ts';
import { POINTERS } from './pointers.ts';
import { READER } from './reader.ts';
import { SITE } from './site.ts';
import { SUPPLY } from './supply.ts';
import { USER_FOLDERS } from './user-folders.ts';
import { USER_LISTENS } from './user-listens.ts';

/** Every attacker, in the order of docs/operate/attacks.md. A new attack goes to the end of its attacker's list. */
export const POSITIONS: readonly Position[] = [
  {
    key: 'container',
    attacker: 'Root in a container that has the folder mounted',
    has: 'The folder with `live/` and `archive/` is his to change where it is mounted writable, and to lock where it is mounted read-only; he answers what Nginx in his container is asked.',
    attacks: [...CONTAINER_TREE, ...CONTAINER_VERSIONS, ...CONTAINER_ANSWERS],
  },
  {
    key: 'user',
    attacker: 'Another user of the host',
    has: 'He runs programs as himself, listens on ports above 1024, and may write where others than root may.',
    attacks: [...USER_FOLDERS, ...USER_LISTENS],
  },
  {
    key: 'host',
    attacker: 'A hostile host',
    has: "It is root on itself, and prints what it likes in the place of the script's report. What its role may do is tried in the next section.",
    attacks: HOST_ATTACKS,
  },
  {
    key: 'group',
    attacker: "The role of another host group's host",
    has: 'He has the credentials of a host of the group `web`, and wants the keys of `db`, or more than a host may.',
    attacks: GROUP,
  },
  {
    key: 'managed',
    attacker: "A principal of the account with AWS's managed policies only",
    has: 'He has `AmazonSSMManagedInstanceCore`, `AmazonSSMManagedEC2InstanceDefaultPolicy` and `ReadOnlyAccess`, as any host and many people have. The IAM simulator is asked with their text and the packaged stack.',
    attacks: MANAGED,
  },
  {
    key: 'file',
    attacker: 'Who may write `renewal/*` only',
    has: 'He puts any renewal file, under any name.',
    attacks: FILES,
  },
  {
    key: 'pointer',
    attacker: 'Who may write `live/*` only',
    has: 'He puts any pointer; the versions in `archive/` are not his to write.',
    attacks: POINTERS,
  },
  {
    key: 'dns',
    attacker: 'Who may write to a zone or a delegated name, or answers for the resolver',
    has: 'He puts any record where a name of the files is looked up.',
    attacks: [...DNS_RESOLVER, ...DNS_ZONES],
  },
  {
    key: 'ca',
    attacker: 'A hostile CA, or who has taken one over',
    has: 'He answers every request to the CA as he likes.',
    attacks: [...CA_ANSWERS, ...CA_ORDERS],
  },
  {
    key: 'bus',
    attacker: 'Another account, or who forges events',
    has: "From outside he knows every ARN; inside he may put events on the stack's bus.",
    attacks: BUS,
  },
  {
    key: 'document',
    attacker: 'Who sends SSM documents',
    has: "He has the role of `deploy`, or may send the stack's document by rights of his own, with any parameters.",
    attacks: DOCUMENTS,
  },
  {
    key: 'site',
    attacker: 'A web site that `probe` looks at',
    has: 'He answers at every address that its name leads to, and for its name.',
    attacks: SITE,
  },
  {
    key: 'reader',
    attacker: 'Who reads logs, mails and the page, or writes what others read there',
    has: 'He reads all that the stack tells; or his words are in it.',
    attacks: READER,
  },
  {
    key: 'supply',
    attacker: 'Who publishes packages, or changes a lockfile',
    has: 'He has a package that the project or its tools use, or a pull request.',
    attacks: SUPPLY,
  },
];
