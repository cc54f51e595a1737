/** What is known of the checkout that is to be released. */
export interface ReleaseFacts {
  version: string;
  /** The version that package-lock.json has. */
  locked: string;
  changelog: string;
  /** The tags of the commit that is checked out. */
  tags: readonly string[];
  /** Files that differ from that commit, or that it does not have. */
  changed: readonly string[];
}

const VERSION = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;

export const tagOf = (version: string) => `v${version}`;

/** Why this may not be released, each in one line with what to do; none where it may. */
export function complaintsAboutRelease({
  version,
  locked,
  changelog,
  tags,
  changed,
}: ReleaseFacts): string[] {
  const [, heading, date] = /^## (\S+) – (\S+)$/m.exec(changelog) ?? [];
  const unreleased = /^## Unreleased\n([\s\S]*?)(?=^## )/m.exec(changelog)?.[1]?.trim() ?? '';
  const complaints: [isWrong: boolean, complaint: string][] = [
    [!VERSION.test(version), `package.json: "${version}" is no version such as 1.2.3`],
    [
      locked !== version,
      `package-lock.json: it has ${locked}, and package.json has ${version}; run "npm install"`,
    ],
    [
      heading !== version,
      `CHANGELOG.md: the newest release is ${heading ?? 'none'}, and package.json has ${version}; give it the heading "## ${version} – YYYY-MM-DD"`,
    ],
    [
      heading === version && !/^\d{4}-\d\d-\d\d$/.test(date ?? ''),
      `CHANGELOG.md: ${version} has no date; write "## ${version} – YYYY-MM-DD"`,
    ],
    [
      unreleased !== '',
      `CHANGELOG.md: "Unreleased" is not empty; move what is released below the heading of ${version}`,
    ],
    [
      !tags.includes(tagOf(version)),
      `git: the commit has no tag ${tagOf(version)}; make it with "git tag ${tagOf(version)}"`,
    ],
    [changed.length > 0, `git: ${changed.length} files are not as committed (${changed[0]}); commit them`],
  ];
  return complaints.flatMap(([isWrong, complaint]) => (isWrong ? [complaint] : []));
}
