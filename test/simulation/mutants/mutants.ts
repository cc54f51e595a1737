/** A fault planted in the code: in a file, a text that stands there once, and what takes its place. */
export interface Mutant {
  name: string;
  file: string;
  /** A guard removed, writes swapped, a wait forgotten, …: where it stands, and what is there instead. */
  from: string;
  to: string;
}

/** Faults that the simulation has to find: guards, orders of writes, waits, locks and clean-ups that somebody may lose. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'the pointer is moved without its fence',
    file: 'lib/issuance/renewal/commit.ts',
    from: ': store.replace(key, body, { groups, etag }));',
    to: ': store.put(key, body, { groups }).then(() => ({ etag })));',
  },
  {
    name: 'the pointer is moved before the version is archived',
    file: 'lib/issuance/renewal/commit.ts',
    from: '  await archive(deps.store, wanted, { version, files });\n',
    to: '  setImmediate(() => void archive(deps.store, wanted, { version, files }).catch(() => {}));\n',
  },
];
