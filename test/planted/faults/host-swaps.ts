import { hostFaults, type PlantedFault } from '../fault.ts';

const install = hostFaults('install');
const back = hostFaults('roll-back');
const way = hostFaults('in-the-way');

/** What the hosts' script does to links, files and Nginx. */
export const HOST_SWAPS: readonly PlantedFault[] = [
  back(
    'the live link of what is rolled back is removed',
    '*) in_folder live point_link "$1" "$fact" || return ;;',
    '*) in_folder live rm -f "./$1" || return ;;',
    'goes back to the link of before',
  ),
  back(
    'what there is no way back from loses its link',
    '    current) return ;;',
    '    current) in_folder live rm -f "./$1" ;;',
    'stays linked',
  ),
  back(
    'an unchanged certificate beside a refused one loses its link',
    '    current) return ;;',
    '    current) in_folder live rm -f "./$1" ;;',
    'beside an unchanged',
  ),
  back(
    'a first version that was refused stays linked',
    'none) in_folder live rm -f "./$1" || return ;;',
    'none) ;;',
    'taken out again',
  ),
  back(
    'a run that was killed is not remembered',
    '  previous=$remembered\n',
    "  previous=''\n",
    'after a killed one',
  ),
  back(
    'the way back is not written down',
    '[ "$was_current" = yes ] || remember "$1" previous "$previous"',
    ':',
    'is written down before',
  ),
  install(
    'the way back is kept after a success',
    '  forget "$1" previous\n  forget "$1" not-served\n',
    '  forget "$1" not-served\n',
    'is tested after the swap',
  ),
  install(
    'that nothing served it is not remembered',
    '  remember "$1" not-served yes\n',
    '',
    'that nothing serves yet',
  ),
  back(
    'Nginx is reloaded though its test failed',
    'output=$(as_started -t) || refused_by_nginx nginx-test-failed "$output" || return',
    'output=$(as_started -t) || :',
    'goes back to the link of before',
  ),
  back(
    'a failed reload counts as done',
    '  fi && return\n  refused_by_nginx reload-failed "$output"',
    '  fi || return 0\n  refused_by_nginx reload-failed "$output"',
    'after a success',
  ),
  back(
    'what was rolled back ends well',
    '[ "$fact" = failed ] || [ "$fact" = rolled-back ]',
    '[ "$fact" = failed ]',
    'goes back to the link of before',
  ),
  back(
    'one served name of several is enough',
    '    [ -z "$(comm -23 "$work/$1/before" "$work/$1/served")" ]\n',
    '    [ -s "$work/$1/served" ]\n',
    'one of two names',
  ),
  back(
    'nobody looks whether it is served',
    '  if serves_new "$1"; then\n    settle_served',
    '  if true; then\n    settle_served',
    'one of two names',
  ),
  back(
    'a name that answers no more is not missed',
    '    [ -z "$(comm -23 "$work/$1/before" "$work/$1/served")" ]\n',
    '    [ -s "$work/$1/served" ]\n',
    'answers no more',
  ),
  back(
    "somebody else's certificate is a reason to go back",
    'expects_service() { ',
    'expects_service() { true || ',
    'another certificate answers',
  ),
  back(
    'Nginx is not reloaded after the way back',
    '  reload_all "$@" || back_why=',
    '  true || back_why=',
    'after a success',
  ),
  back(
    "certbot's configuration does not come back",
    '  [ ! -f "$root/renewal/$1.conf.before-perennial" ] || in_folder renewal mv -T "./$1.conf.before-perennial" "./$1.conf"',
    '  :',
    'of certbot',
  ),
  back(
    "certbot's folder does not come back",
    '[ ! -d "$root/live/$1.before-perennial" ] || in_folder live put_folder_for_link "$1" || return',
    '',
    'of certbot',
  ),
  back(
    'certbot goes on to renew',
    '[ ! -f "$root/renewal/$1.conf" ] || in_folder renewal mv -T "./$1.conf" "./$1.conf.before-perennial" || return',
    '',
    'of certbot',
  ),
  way(
    'a folder that was moved aside before is overwritten',
    '{ [ ! -d "$1" ] || [ -e "$1.before-perennial" ]; }',
    '[ ! -d "$1" ]',
    'beside one that was moved aside',
  ),
  way(
    'a file in the place of the link is overwritten',
    'in_the_way() {\n  [ -e',
    'in_the_way() {\n  false && [ -e',
    'as a file',
  ),
  way(
    "a run killed between two renames leaves certbot's configuration",
    '[ "$fact" != before-perennial ] || move_certbot_aside',
    '[ ! -d "$root/live/$1" ] || move_certbot_aside',
    'between the two renames',
  ),
  way(
    'what is swapped too late is swapped',
    '! is_late || give_up "$1" out-of-time "no time was left to install it',
    'true || give_up "$1" out-of-time "no time was left to install it',
    'to swap has fetched',
  ),
  way(
    'what is begun too late is fetched',
    '! is_late || give_up "$1" out-of-time "no time was left to fetch it',
    'true || give_up "$1" out-of-time "no time was left to fetch it',
    'to begin',
  ),
  install('two versions are kept', 'kept_versions=3', 'kept_versions=2', 'newest three'),
  install(
    'no old version is removed',
    '  remove_old_versions "$1"\n  served_now',
    '  served_now',
    'newest three',
  ),
  install(
    'the version that is linked is removed as old',
    '[ "$(readlink "$root/live/$1")" = "../archive/$1/$old" ] || rm -rf',
    'rm -rf',
    'older than others',
  ),
  install(
    'an unchanged certificate makes Nginx reload',
    'if ! all_unchanged "$@" && ! is_only_seen',
    'if ! is_only_seen',
    'is tested after the swap',
  ),
  install(
    'what is linked is taken for served',
    '[ ! -e "$work/$looked_at/changed" ] && serves_new "$looked_at" || return 1',
    '[ ! -e "$work/$looked_at/changed" ] || return 1',
    'is linked and not',
  ),
  install(
    'a pointer that moves meanwhile is not seen',
    'for _ in 2 3; do',
    'for _ in; do',
    'to which the pointer moves',
  ),
  install(
    'files that were changed on the host stay',
    '  ! is_installed "$1" || return 0\n',
    '  folders_of "$1" && [ ! -d "$version_folder" ] || return 0\n',
    'whose files were changed',
  ),
  install('others may enter the archive', 'umask 077', 'umask 022', "certbot's files"),
  install(
    'the chain is written with the certificate',
    'sed \'1,/-----END CERTIFICATE-----/d\' "$fetched/fullchain.pem"',
    'cat "$fetched/fullchain.pem"',
    "certbot's files",
  ),
];
