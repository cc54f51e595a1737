import type { PlantedFault } from '../fault.ts';

const CONTESTED = 'test/unit/issuance/contested.test.ts';
const STORED = 'test/unit/issuance/what-is-stored.test.ts';

/** Claims, locks, orders, commits and keys. */
export const RENEWAL: readonly PlantedFault[] = [
  {
    name: 'a claim is taken over at another etag than the one that was judged',
    file: 'lib/issuance/renewal/claim.ts',
    edits: [['etag: held.etag });\n    await', "etag: (await store.get(key))?.etag ?? '' });\n    await"]],
    test: CONTESTED,
  },
  {
    name: 'a claim is created over one that is there',
    file: 'lib/issuance/renewal/claim.ts',
    edits: [
      [
        'const created = await store.create(key, bodyOf(fresh));',
        "const there = await store.get(key);\n    const created = there ? undefined : await store.put(key, bodyOf(fresh)).then(() => ({ etag: '' }));",
      ],
    ],
    test: CONTESTED,
  },
  {
    name: "the end of a claim removes another worker's",
    file: 'lib/issuance/renewal/claim.ts',
    edits: [
      [
        'pendingKey(this.name), { etag: this.#etag });\n  }\n\n  async',
        'pendingKey(this.name));\n  }\n\n  async',
      ],
    ],
    test: CONTESTED,
  },
  {
    name: "progress is written over another worker's claim",
    file: 'lib/issuance/renewal/claim.ts',
    edits: [
      [
        'const written = await this.#deps.store.replace(pendingKey(this.name), body, { etag: this.#etag });',
        "const written = await this.#deps.store.put(pendingKey(this.name), body).then(() => ({ etag: '' }));",
      ],
    ],
    test: CONTESTED,
  },
  {
    name: 'the pointer of a renewal moves whoever moved it meanwhile',
    file: 'lib/issuance/renewal/commit.ts',
    edits: [
      [
        ': store.replace(key, body, { groups, etag }));',
        ": store.put(key, body, { groups }).then(() => ({ etag: '' })));",
      ],
    ],
    test: CONTESTED,
  },
  {
    name: 'the first pointer is written over another',
    file: 'lib/issuance/renewal/commit.ts',
    edits: [
      [
        '? store.create(key, body, { groups })',
        "? store.put(key, body, { groups }).then(() => ({ etag: '' }))",
      ],
    ],
    test: CONTESTED,
  },
  {
    name: 'a lock on an order is taken over at another etag than the one that was judged',
    file: 'lib/issuance/renewal/order-lock.ts',
    edits: [
      ['textOf(mine), { etag: held.etag }', "textOf(mine), { etag: (await store.get(key))?.etag ?? '' }"],
    ],
    test: CONTESTED,
  },
  {
    name: "the end of an order removes another worker's lock",
    file: 'lib/issuance/renewal/order-lock.ts',
    edits: [['return store.remove(key, taken);', 'return store.remove(key);']],
    test: CONTESTED,
  },
  {
    name: "the end of an order is written over another worker's lock",
    file: 'lib/issuance/renewal/order-lock.ts',
    edits: [
      [
        'if (await store.replace(key, textOf(ended), taken)) return;',
        'if (!(await store.put(key, textOf(ended)))) return;',
      ],
    ],
    test: CONTESTED,
  },
  {
    name: 'a lock that came to life is removed as dead',
    file: 'lib/issuance/renewal/order-lock.ts',
    edits: [['await store.remove(key, { etag });', 'await store.remove(key, { etag: etag && undefined });']],
    test: CONTESTED,
  },
  {
    name: 'a lock that is written again is swept away',
    file: 'lib/scan/tidy.ts',
    edits: [['await store.remove(key, { etag });', 'await store.remove(key, { etag: etag && undefined });']],
    test: CONTESTED,
  },
  {
    name: 'a state that was repaired meanwhile is removed as spoilt',
    file: 'lib/issuance/renewal/claim-certificate.ts',
    edits: [
      [
        'await store.remove(stateKey(name), { etag });',
        'await store.remove(stateKey(name), { etag: etag && undefined });',
      ],
    ],
    test: CONTESTED,
  },
  {
    name: 'of what several write together the last one counts',
    file: 'lib/foundation/bucket/update-object.ts',
    edits: [
      [
        '? store.replace(key, body, { etag: stored.etag })',
        '? store.replace(key, body, { etag: (await store.get(key))?.etag ?? stored.etag })',
      ],
    ],
    test: CONTESTED,
  },
  {
    name: 'a message that comes twice renews twice',
    file: 'lib/issuance/renewal/claim-certificate.ts',
    edits: [['if ((found?.pointer?.version ?? null) !== replacing)', "if (replacing === 'another')"]],
    test: CONTESTED,
  },
  {
    name: 'every key is ECDSA P-256',
    file: 'lib/issuance/renewal/new-order.ts',
    edits: [['deps.runtime.newKey(wanted.key)', "deps.runtime.newKey('ecdsa-p256')"]],
    test: STORED,
  },
  {
    name: 'P-384 is P-256',
    file: 'lib/adapters/node/runtime.ts',
    edits: [["type === 'ecdsa-p384' ? 'P-384' : 'P-256'", "type === 'ecdsa-p384' ? 'P-256' : 'P-256'"]],
    test: 'test/unit/adapters/node/runtime.test.ts',
  },
  {
    name: 'every RSA key has 2048 bits',
    file: 'lib/adapters/node/runtime.ts',
    edits: [["Number(type.slice('rsa-'.length))", '2048']],
    test: 'test/unit/adapters/node/runtime.test.ts',
  },
  {
    name: 'versions are stored without the groups that may read them',
    file: 'lib/issuance/renewal/commit.ts',
    edits: [
      [
        'const written = await store.create(key, files[file], { groups: hosts });',
        'const written = await store.create(key, files[file], { groups: hosts.slice(0, 0) });',
      ],
    ],
    test: STORED,
  },
  {
    name: 'copies are stored without the groups that may read them',
    file: 'lib/issuance/renewal/copies.ts',
    edits: [
      [
        'store.put(liveCopyKey(name, file), copies[file], { groups })',
        'store.put(liveCopyKey(name, file), copies[file], { groups: groups.slice(0, 0) })',
      ],
    ],
    test: STORED,
  },
  {
    name: 'older versions stay readable for groups that are no more',
    file: 'lib/issuance/renewal/commit.ts',
    edits: [['!isSameSet(live.pointer.hosts, wanted.hosts)', 'live.pointer.hosts.length > 99']],
    test: STORED,
  },
  {
    name: 'versions that a dead worker tagged for other groups stay theirs',
    file: 'lib/issuance/renewal/commit.ts',
    edits: [['if (archived !== undefined || isForOthers)', 'if (isForOthers)']],
    test: 'test/unit/issuance/commit.test.ts',
    only: 'though it was archived for others',
  },
  {
    name: "the proof of one name outlives the others' where several lead to one",
    file: 'lib/issuance/renewal/order.ts',
    edits: [['const SHARED_TTL_SECONDS = 1;', 'const SHARED_TTL_SECONDS = 60;']],
    test: 'test/unit/issuance/order.test.ts',
    only: 'for a second where several lead',
  },
  {
    name: 'changed hosts may not read what is there',
    file: 'lib/issuance/renewal/repair.ts',
    edits: [['await tagVersions(store, name, hosts);', 'await tagVersions(store, name, hosts.slice(0, 0));']],
    test: STORED,
  },
  {
    name: 'the account key stands where more may read',
    file: 'lib/foundation/certificate/object-keys.ts',
    edits: [["const ACCOUNTS_PREFIX = 'accounts/';", "const ACCOUNTS_PREFIX = 'account-keys/';"]],
    test: STORED,
  },
];
