import type { Node } from 'oxc-parser';

/** One change to the code of one file. */
export interface Mutant {
  /** Relative to the project. */
  file: string;
  /** Offsets of the text that is replaced, in UTF-16 units. */
  start: number;
  end: number;
  line: number;
  /** The text of that line, without its indent. */
  code: string;
  operator: string;
  original: string;
  replacement: string;
  /** How both can stand in the code, to be chosen between when it runs: see `instrument.ts`. */
  place: 'expression' | 'statement' | 'member' | 'element';
}

/** What an operator says of a node: another text for it, or for a node within it. */
export interface Change {
  operator: string;
  replacement: string;
  /** The node that is replaced; otherwise the one that was asked about. */
  node?: Node;
  place?: Mutant['place'];
}

/** A node with those around it. */
export interface Site {
  node: Node;
  parent: Node;
  /** Of the parent, the member in which the node stands. */
  key: string;
  /** The text of a node as it is written. */
  textOf(node: Node): string;
}

export type Operator = (site: Site) => Change[];

/** Whether a condition decides which way the code goes: there `true` and `false` stand for every change of it as a whole. */
export function isTest({ parent, key }: Pick<Site, 'parent' | 'key'>): boolean {
  return key === 'test' && parent.type !== 'SwitchCase';
}
