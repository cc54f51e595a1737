/** Of a group, for the names of its resources. CloudFormation's logical ids have letters and digits only, so two groups may come to the same. */
const idOf = (group) =>
  group
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** What is said of groups that would share their resources; nothing where none do. */
function complaintAboutGroups(groups) {
  for (const [id, same = []] of Object.entries(Object.groupBy(groups, idOf)))
    if (same.length > 1)
      return `hostGroups: ${same.map((group) => `"${group}"`).join(' and ')} differ in "-" only, and would share the id Hosts${id}; rename one`;
  return undefined;
}

module.exports = { complaintAboutGroups, idOf };
