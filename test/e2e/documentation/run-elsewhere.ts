/** Commands of the docs that are not run with the others, and what runs them, or says why nothing does. */
export const RUN_ELSEWHERE: readonly (readonly [RegExp, string])[] = [
  [/^npm install( FILE)?$/, '`npm ci` of .ci/run, with the same lock file'],
  [/^npm run local$/, 'this file runs it: all other commands talk to what it started'],
  [/^npm (test|run test:unit|run test:host-script|run check|run check:ministack)$/, '.ci/run'],
  [/^npm run fuzz$/, 'test/unit/fuzz, with fewer inputs'],
  [
    /^npm run release\b/,
    'test/e2e/without-clone.test.ts builds the package; the rest is for a commit with a tag',
  ],
  [/^npm run format$/, '`biome ci` of `npm run check`, which changes nothing'],
  [/^npm run simulate\b/, 'test/unit/simulation, with shorter runs'],
  [
    /^npm run (mutants|planted)\b/,
    '.ci/run, the mutants of what a branch changed; the whole takes an hour or more',
  ],
  [/^npm run faults\b/, 'test/e2e/faults.test.ts has its quick rows; the whole takes most of an hour'],
  [
    /^npm run attacks\b/,
    'test/e2e/attacks.test.ts has those that need no cloud; the whole takes five minutes or more',
  ],
  [/^npm run pictures$/, 'test/unit/documentation/pictures.test.ts, which draws the same'],
  [/^npm run screenshots$/, 'test/integration/status-page.test.ts: the same browser draws the same page'],
  [/^npm run bench\b/, 'by hand: minutes to hours; bench/results.json is of the last time'],
  [
    / perennial-tls (show|edit|account|open) ?/,
    'test/e2e/command-line.test.ts; the other commands here need the renewal files as they are',
  ],
  [
    /^(alias perennial-tls=|eval .*perennial-tls completion|npx --no-install perennial-tls completion )/,
    'test/integration/completion.test.ts, in a real bash, zsh and fish',
  ],
  [/ perennial-tls (deploy --stage staging|template|changes)\b/, 'test/e2e/without-clone.test.ts'],
  [/ perennial-tls init\b/, 'test/unit/cli/init.test.ts, in a folder without settings.yml'],
  [/ perennial-tls serverless (info|invoke|remove)\b/, 'test/e2e/without-clone.test.ts'],
  [/ perennial-tls chat\b/, 'test/e2e/chats.test.ts, with a receiver on this machine'],
  [/^npm run demo -- --no-hosts$/, 'test/integration/other-user.test.ts, as a user who is not root'],
  [
    /^npm run local -- --no-hosts$/,
    'test/unit/local/prerequisites.test.ts has the option; the rest is npm run local',
  ],
  [/ perennial-tls eab /, 'test/e2e/command-line.test.ts, with a file that holds a secret'],
  [/^timeout 300 sh -c 'until grep/, 'test/integration/install-list.test.ts, on a host'],
  [
    /^npx serverless deploy --config serverless\.hosts\.yml /,
    '`npm run check` packs it and lints the template',
  ],
  [/^npx serverless (remove\b|deploy .*bucket=)/, 'test/e2e/coming-back.test.ts'],
  [
    /^git (checkout|pull)\b/,
    'test/e2e/rollback.test.ts and update-from-before.test.ts make another release, which a clone need not have',
  ],
  [
    /^(while )?aws (s3 (mb|sync)|s3api (delete-bucket-policy|list-object-versions|delete-bucket)) /,
    'test/e2e/moving.test.ts, from one region to another',
  ],
  [
    /^aws cloudformation continue-update-rollback /,
    'nothing: the local CloudFormation never rolls an update back',
  ],
  [
    /^(git clone|cd perennial$|export AWS_REGION=|npx serverless deploy .*contact=)/,
    'nothing: a clone of an address, and a release of before',
  ],
  [
    / perennial-tls (add|status|doctor) .*--stage staging\b/,
    'test/e2e/command-line.test.ts, at the stage local',
  ],
  [
    /^docker compose up -d$/,
    'test/integration/example-stacks.test.ts, by podman-compose, and test/integration/example-nginx.test.ts',
  ],
  [
    /^npm run examples$/,
    'test/integration/example-stacks.test.ts, without Next.js, which builds for minutes',
  ],
  [/^npm run distributions\b/, 'test/integration/install-busybox.test.ts for one; the others take minutes'],
  [/ perennial-tls restore /, 'test/e2e/command-line.test.ts, where there is a version to go back to'],
  [/ perennial-tls remove /, 'test/e2e/way-over.test.ts: the other commands need what it would remove'],
  [
    /^(crontab|cd \/etc\/letsencrypt$|mv (-T )?(live|renewal)\/|certbot renew )/,
    'test/e2e/way-over.test.ts, on a host that certbot served before',
  ],
  [/^dig \+trace /, 'nothing: it asks the root servers of the DNS, and no test leaves this machine'],
];

/** What is run instead of a command whose first half is in the list above. */
export const WITHOUT_INSTALL: Readonly<Record<string, string>> = {
  'npm install && npm run demo': 'npm run demo',
  // The local CA needs a profile, and nobody is there to say yes.
  "npx --no-install perennial-tls add example.com --names 'example.com,*.example.com' --hosts web --wait":
    "npx --no-install perennial-tls add example.com --names 'example.com,*.example.com' --hosts web --profile classic --yes --wait",
};

/** Commands that the docs show being refused, or name without what they need. */
export const EXIT_STATUS: Readonly<Record<string, number>> = {
  'npx --no-install perennial-tls': 2,
  'npx --no-install perennial-tls add': 2,
  'npx --no-install perennial-tls add shop --names shop.example.com,www.example.org': 2,
  'npx --no-install perennial-tls status --stage acceptance': 2,
  // What the migration page has imported is on a host that serves nothing with it.
  'npx --no-install perennial-tls import [folder]': 1,
  'npm run doctor': 1,
  'npx --no-install perennial-tls doctor': 1,
  'npx --no-install perennial-tls status --stage STAGE': 1,
};
