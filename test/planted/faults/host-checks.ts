import type { PlantedFault } from '../fault.ts';

const of =
  (file: string) =>
  (name: string, from: string, to: string, only: string): PlantedFault => ({
    name: `host: ${name}`,
    file: 'lib/delivery/deployment/host/install.sh',
    edits: [[from, to]],
    test: `test/host-script/${file}.test.ts`,
    only,
  });
const refused = of('refused');
const readers = of('readers');
const folders = of('folders');
const list = of('list');
const hooks = of('hooks');
const containers = of('containers');

/** What the hosts' script looks at before it changes anything, and whom it trusts. */
export const HOST_CHECKS: readonly PlantedFault[] = [
  refused(
    'the hash of the certificate is not compared',
    'for hashed in fullchain privkey; do',
    'for hashed in privkey; do',
    'with another certificate than',
  ),
  refused(
    'the hash of the key is not compared',
    'for hashed in fullchain privkey; do',
    'for hashed in fullchain; do',
    'with another key than',
  ),
  refused(
    'key and certificate are not compared',
    '[ -n "$key_of_file" ] && [ "$key_of_file" = "$key_of_certificate" ] ||',
    '[ -n "$key_of_file" ] ||',
    'whose key is not its own',
  ),
  refused(
    'the names of the certificate are not compared',
    '[ -z "$uncovered" ] ||',
    'true ||',
    'does not cover',
  ),
  refused('what has expired is installed', '*notAfter*) give_up', 'never) give_up', 'that has expired'),
  refused(
    'what is not valid yet is installed',
    '    notBefore*) ;;\n',
    '    *) return ;;\n',
    'not valid yet',
  ),
  refused(
    'any version is taken',
    'version [0-9]{8}T[0-9]{6}Z-[0-9a-z]{1,16}\n',
    'version .*\n',
    'leads out of the archive',
  ),
  refused('any name is taken', '\nnames $dns_names\n', '\nnames .*\n', 'a name that is none'),
  refused(
    'any server name is taken',
    'server-names ($dns_names)?")',
    'server-names .*")',
    'a server name that is none',
  ),
  refused(
    'a pointer without the hash of the key is taken',
    '\nhash [0-9a-f]{64}\n',
    '\nhash .*\n',
    'no hash of the key',
  ),
  refused(
    'an older version is installed',
    'do read_pointer "$each" && check_order "$each"; done',
    'do read_pointer "$each"; done',
    'older than the installed',
  ),
  refused(
    'nothing can be put back',
    '[ "$newest" = "$installed_version" ] && ! is_put_back "$1" || return 0',
    '[ "$newest" = "$installed_version" ] || return 0',
    'put back on purpose',
  ),
  refused(
    'objects of any size are read',
    'most_bytes=262143',
    'most_bytes=4194303',
    'longer than a certificate',
  ),
  refused('any root is taken', 'check_parameter root "$root"', 'true root "$root"', 'a root that is none'),
  refused(
    'a key may be readable and writable for all',
    'check_parameter keyMode "$key_mode"',
    'true keyMode "$key_mode"',
    'a keyMode that is none',
  ),
  refused(
    'a second line of a parameter is not looked at',
    '  case $2 in *"$newline"*) unfit=$1 ;; esac\n',
    '',
    'a port that is none',
  ),
  refused(
    'a hostile name is left out, and the others are installed',
    '[ "$hostile" = 0 ] ||',
    'true ||',
    'cannot be lineage names',
  ),
  refused('names may have two dots', ' | *..* | ', ' | ', 'cannot be lineage names'),
  refused('the lock is not taken', 'until flock -n 9; do', 'until true; do', 'waits for the lock'),
  refused(
    'what the host may not read is told as anything',
    "*AccessDenied* | *'(403)'*) echo access-denied ;;",
    '',
    'may not read',
  ),
  refused(
    'one refused certificate stops the others',
    'open_names() {\n  for open in $names; do [ -e "$work/$open/outcome" ]',
    'open_names() {\n  for open in $names; do ls "$work"/*/outcome >/dev/null 2>&1 || [ -e "$work/$open/outcome" ]',
    'refuses one certificate alone',
  ),
  readers(
    'who could write may write the new key',
    '"$(access_of "$old" 0644)"',
    '"$(access_of "$old" 0664)"',
    'gets the right to write',
  ),
  readers(
    'who could write may write into the new folder',
    '"$(access_of "$(dirname "$old")" 0755)"',
    '"$(access_of "$(dirname "$old")" 0775)"',
    'gets the right to write',
  ),
  readers('readers lose the new version', 'chown -h "$2" "$1" && {', '{', 'gets the right to write'),
  readers(
    'readers of the key may not enter its folder',
    '{ [ "$1" != . ] || chmod "$3" .; }',
    'true',
    'and it may enter',
  ),
  readers(
    'settings take the place of who could read',
    `'0:'*' '[46]00' '*) plan_settings`,
    '*) plan_settings',
    'is not changed by the settings',
  ),
  readers(
    'a group that is not there is root',
    'group_id=$(group_id_of "$key_group") ||',
    'group_id=$(group_id_of "$key_group" || echo 0) ||',
    'a group that is not there',
  ),
  readers(
    'a mode alone is ignored',
    '[ -n "$key_bits" ] || {',
    '[ -n "$key_group" ] || {',
    'as the mode of the settings',
  ),
  folders(
    'a planted link is followed',
    '[ ! -L "$1" ] && [ -d "$1" ] && return\n',
    '[ -d "$1" ] && return\n',
    'is not followed',
  ),
  folders(
    'a folder that others can write to is used',
    '"0 "*[2367]? | "0 "*[2367]) because writable',
    '"0 never") because writable',
    'that others can write to',
  ),
  folders(
    "a folder that is not root's is used",
    '    "0 "*) return 0 ;;\n',
    '    *) return 0 ;;\n',
    'is refused',
  ),
  folders(
    'a planted link in the place of the new one is used',
    'point_link() { rm -rf "./.$1.new" && ln',
    'point_link() { ln',
    'is replaced',
  ),
  folders(
    'the new link is moved into the old folder',
    '"./.$1.new" && mv -T "./.$1.new" "./$1"; }',
    '"./.$1.new" && mv "./.$1.new" "./$1"; }',
    'is replaced',
  ),
  folders(
    'files are written where a planted link leads',
    'rm -rf .incoming && mkdir .incoming &&',
    'mkdir -p .incoming &&',
    'folder that is filled',
  ),
  folders('others may see the notes', '{ chmod 700 "$state" && mkdir', '{ mkdir', 'closed to others'),
  folders('fetched keys are left behind', `  trap 'rm -rf "$work"' EXIT\n`, '', 'that installed'),
  folders(
    'a run that was stopped leaves fetched keys',
    "  trap 'exit 143' HUP INT TERM\n",
    '',
    'that was stopped',
  ),
  folders(
    'what a reload leaves running holds the lock',
    '>"$spool" 2>&1 </dev/null 9>&-',
    '>"$spool" 2>&1 </dev/null',
    'the lock is free',
  ),
  folders(
    'the reader of what a reload leaves running holds the lock',
    '<"$spool" >/dev/null 2>&1 9>&- &',
    '<"$spool" >/dev/null 2>&1 &',
    'the lock is free',
  ),
  folders("the agent's environment reaches Nginx", '*) unset "$variable" ;;', '*) ;;', "agent's environment"),
  list(
    'what a host has is installed again',
    '&& lacks "$listed" "$listed_version" || continue',
    '|| continue',
    'replaces nothing that is valid',
  ),
  list(
    'the list alone brings an older version back',
    'if is_older "$listed" "$listed_version" && ! is_put_back_to',
    'if false && ! is_put_back_to',
    'goes back only where',
  ),
  list('what is over waits for a window', '    has_valid "$1" || return 0\n', '', 'replaces what is over'),
  list(
    'a host is ready though a certificate failed',
    'case $(fact "$installed" outcome) in failed | rolled-back) return',
    'case $(fact "$installed" outcome) in never) return',
    'does not make the host ready',
  ),
  list('a command makes a host ready', '[ -z "$group" ] || mark_ready', 'mark_ready', 'makes no host ready'),
  list('any name of a list is taken', 'is_lineage_name "$listed" && [ ! -e', '[ ! -e', 'passes over'),
  list(
    'a new host without a server is not ready',
    'if [ -n "$group" ] && [ ! -s "$work/$1/before" ]; then',
    'if false; then',
    'no server is there yet',
  ),
  hooks('a hook that others can change is run as root', 'is_own_path "$target" || {', 'true || {', 'itself'),
  hooks(
    'folders above a hook are not looked at',
    '[ "$1" = / ] || is_own_path "$(dirname "$1")"',
    ':',
    'behind a link',
  ),
  hooks(
    'what is not executable is run',
    'is_hook() { [ -f "$1" ] && [ -x "$1" ]; }',
    'is_hook() { [ -f "$1" ]; }',
    'in order for each lineage',
  ),
  hooks(
    'a failing hook rolls every certificate back',
    'for each in $(open_names); do swap_and_settle "$each"; done',
    'swap_and_settle $(open_names)',
    'fail for the second',
  ),
  hooks(
    'a failing hook counts as done',
    '      because hook-failed',
    '      continue\n      because hook-failed',
    'fail for the second',
  ),
  hooks('hooks make files that nobody can read', '        umask 022\n', '', 'in order for each lineage'),
  hooks(
    'hooks are not told the names',
    'RENEWED_DOMAINS="$(fact "$hooked" names)"',
    "RENEWED_DOMAINS=''",
    'in order for each lineage',
  ),
  containers(
    'Nginx in a container is not tested',
    '  for inside in $containers; do in_container nginx-test-failed -t || return; done\n',
    '',
    'is tested, and then reloaded',
  ),
  containers(
    'the first replica is reloaded before the second is tested',
    'do in_container nginx-test-failed -t || return; done\n',
    'do in_container nginx-test-failed -t && in_container reload-failed -s reload || return; done\n  return 0\n',
    'one replica refuses',
  ),
  containers(
    'a container that is not there is a reason to go back',
    'wait_for_containers || return 2',
    'wait_for_containers || return 1',
    'is not there',
  ),
  containers(
    'a container that restarts is asked',
    '    [ -n "$stopped" ] || return 0\n',
    '    return 0\n',
    'that stopped',
  ),
  containers(
    'a folder that a container can write to is not told',
    '  if [ -n "$writable" ]; then\n    [ "$reloaded"',
    '  if false; then\n    [ "$reloaded"',
    'that has /mnt',
  ),
  containers(
    'any writable folder is told',
    'case "$root/" in "$source"/*)',
    'case "$root/" in *)',
    'that has /mnt',
  ),
  containers(
    'a long report is cut by Run Command',
    'is_short "$results" || results=$(print_list "$2")',
    ':',
    'a report too long',
  ),
];
