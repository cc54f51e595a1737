#!/bin/sh
# Installs the current version of each named certificate on this host, reloads what serves it, and
# checks over TLS that the new one is served. If it is not, puts the old one back.
#
# The stack's SSM document runs it as root, with its parameters as environment variables:
#   SSM_names      lineage names, one space between them
#   SSM_bucket     where live/<name>.json and archive/<name>/<version>/ are
#   SSM_region     the bucket's region
#   SSM_root       certbot's folder: live/, archive/, renewal/, renewal-hooks/
#   SSM_reload     container | service | hooks
#   SSM_container  the container's name or id, for docker or podman
#   SSM_port       the TLS port on 127.0.0.1
# The last line on stdout is JSON with one result per name, and never holds key material. The exit
# status is 0 when each certificate is served, or installed with nothing serving it.
# Needs the AWS CLI, openssl, and flock, coreutils, grep and sed, which every Linux distribution has.
# docs/hosts.md says what each outcome and reason means.
#
# Trap: no dollar-brace expansion and no doubled braces anywhere in this file. Serverless would
# resolve the first, Systems Manager the second.

# Lists of names are split on purpose: names hold no spaces and no patterns (see is_lineage_name).
# SC2100 mistakes words with a hyphen for arithmetic.
# shellcheck disable=SC2086,SC2046,SC2100,SC2015

set -u
umask 077
export LC_ALL=C AWS_PAGER='' AWS_MAX_ATTEMPTS=3 AWS_RETRY_MODE=standard

kept_versions=3
lock_wait_s=40
serve_limit_s=15
first_serve_limit_s=3
hook_limit_s=120
at_once=4

# --- facts and the report -------------------------------------------------------------------
# Each name has a folder under $work with one file per fact: version, serial, names, candidates
# (server names to ask), before (those that served this lineage), changed (the link was swapped),
# and at the end outcome, reason, message, served.

# Uses builtins only: it runs often.
fact() {
  [ -f "$work/$1/$2" ] || return 0
  while IFS= read -r fact_line; do printf '%s\n' "$fact_line"; done <"$work/$1/$2"
}

note() { printf '%s\n' "$3" >"$work/$1/$2"; }

# finish NAME OUTCOME REASON MESSAGE
finish() {
  note "$1" outcome "$2"
  note "$1" reason "$3"
  note "$1" message "$4"
}

# give_up NAME REASON MESSAGE: nothing of this certificate was changed. Fails, so that `|| return` can follow.
give_up() { finish "$1" failed "$2" "$3" && return 1; }

# because REASON MESSAGE: why a reload failed, or the new certificate is not served
because() { why_reason=$1 && why=$2; }

open_names() {
  for open in $names; do [ -e "$work/$open/outcome" ] || printf '%s ' "$open"; done
}

plain() { tr -c '[:print:]' ' ' | sed 's/["\\]//g' | tr -s ' ' | cut -c 1-300 | sed 's/ *$//'; }

json_list() { tr ' ' '\n' | sed '/^$/d; s/.*/"&"/' | paste -s -d , -; }

print_result() {
  printf '{"name":"%s","version":"%s","serial":"%s","outcome":"%s","reason":"%s","message":"%s","served":[%s]}' \
    "$1" "$(fact "$1" version)" "$(fact "$1" serial)" "$(fact "$1" outcome)" "$(fact "$1" reason)" \
    "$(fact "$1" message | plain)" "$(fact "$1" served | json_list)"
}

print_brief_result() {
  printf '{"name":"%s","version":"%s","outcome":"%s"}' "$1" "$(fact "$1" version)" "$(fact "$1" outcome)"
}

# print_list FUNCTION: runs it for each name
print_list() {
  separator=''
  for listed in $names; do
    printf '%s' "$separator"
    "$1" "$listed"
    separator=','
  done
}

# print_report RESULTS BRIEF FIELDS: Run Command keeps 24,000 characters, and JSON cut short is useless.
print_report() {
  results=$(print_list "$1")
  is_short "$results" || results=$(print_list "$2")
  is_short "$results" || results=''
  printf '{"perennial":1,"agent":"%s",%s"results":[%s]}\n' "$(agent_version)" "$3" "$results"
}

is_short() { [ "$(printf '%s' "$1" | wc -c)" -le 23000 ]; }

report() {
  print_report print_result print_brief_result ''
  for reported in $names; do
    case $(fact "$reported" outcome) in failed | rolled-back) return 1 ;; esac
  done
}

print_refused() {
  printf '{"name":"%s","outcome":"failed","reason":"%s","message":"%s"}' "$1" "$why_refused" "$message_refused"
}

print_brief_refused() { printf '{"name":"%s","outcome":"failed","reason":"%s"}' "$1" "$why_refused"; }

# refuse REASON MESSAGE: the run as a whole cannot start
refuse() {
  why_refused=$1
  message_refused=$(printf '%s' "$2" | plain)
  print_report print_refused print_brief_refused "\"reason\":\"$why_refused\",\"message\":\"$message_refused\","
  printf '%s: %s\n' "$why_refused" "$message_refused" >&2
  exit 1
}

agent_version() {
  version_line=$(timeout 2 amazon-ssm-agent -version 2>/dev/null) || version_line=unknown
  printf '%s' "$version_line" | sed 's/.*: *//' | tr -dc 'a-z0-9.'
}

# reason_of_error TEXT FALLBACK
reason_of_error() {
  case $1 in
    *'No space left'* | *'Errno 28'* | *'Disk quota'*) echo disk-full ;;
    *'Read-only file system'* | *'Errno 30'*) echo read-only ;;
    *AccessDenied* | *'(403)'*) echo access-denied ;;
    *NoSuchKey* | *'(404)'*) echo object-missing ;;
    *'ermission denied'*) echo permission-denied ;;
    *RequestTimeTooSkewed*) echo clock-wrong ;;
    *'credentials'*) echo no-credentials ;;
    *) echo "$2" ;;
  esac
}

# --- parameters and tools -------------------------------------------------------------------

parameter() { printenv "SSM_$1" || :; }

read_parameters() {
  names=''
  asked=$(printenv SSM_names) || refuse agent-too-old \
    'SSM_names is not set: parameters as environment variables need SSM agent 3.3.2746.0 or newer'
  bucket=$(parameter bucket)
  region=$(parameter region)
  root=$(parameter root)
  reload=$(parameter reload)
  container=$(parameter container)
  port=$(parameter port)
  check_names
  require_tools
  check_parameter bucket "$bucket" '[a-z0-9][a-z0-9.-]{1,62}'
  check_parameter region "$region" '[a-z0-9-]{1,40}'
  check_parameter root "$root" '(/[A-Za-z0-9_-][A-Za-z0-9._-]*){1,20}'
  check_parameter reload "$reload" 'container|service|hooks'
  check_parameter port "$port" '[0-9]{1,5}'
  [ "$reload" != container ] || check_parameter container "$container" '[A-Za-z0-9][A-Za-z0-9_.-]{0,127}'
}

check_parameter() { matches "$3" "$2" || refuse bad-parameter "$1 has a value that is not allowed"; }

# matches PATTERN TEXT
matches() { one_line "$2" && printf '%s\n' "$2" | grep -Eqx -e "$1"; }

one_line() { case $1 in *"$newline"*) return 1 ;; esac }
newline='
'

# Names end up in paths, object keys and JSON.
is_lineage_name() {
  case $1 in
    '' | *[!a-z0-9._-]* | [.-]* | *..* | *.before-perennial) return 1 ;;
  esac
  [ "$(printf '%s' "$1" | wc -c)" -le 200 ]
}

check_names() {
  case $asked in
    *[!a-z0-9._\ -]*) refuse bad-parameter 'names has characters other than a-z 0-9 . _ - and space' ;;
  esac
  hostile=0
  for asked_name in $asked; do
    is_lineage_name "$asked_name" || { hostile=1 && continue; }
    case " $names" in *" $asked_name "*) ;; *) names="$names$asked_name " ;; esac
  done
  [ "$hostile" = 0 ] || refuse bad-parameter 'names has one that cannot be a lineage name; nothing was done'
  [ -n "$names" ] || refuse bad-parameter 'names is empty'
}

require_tools() {
  for tool in openssl flock grep sed sha256sum timeout mktemp readlink stat comm; do
    command -v "$tool" >/dev/null || refuse "$tool-missing" "$tool is not installed on this host"
  done
  command -v aws >/dev/null || refuse aws-cli-missing 'the AWS CLI (aws) is not installed on this host, or not on the PATH of the SSM agent'
}

# --- folders and lock -----------------------------------------------------------------------

make_work_folder() {
  temporary=$(printenv TMPDIR) || temporary=/run
  [ -w "$temporary" ] || temporary=/tmp
  work=$(mktemp -d "$temporary/perennial.XXXXXX") || refuse disk-full "no temporary folder in $temporary"
  trap 'rm -rf "$work"' EXIT
  trap 'exit 143' HUP INT TERM
  error=$(head -c 262144 /dev/zero 2>&1 >"$work/room" && rm "$work/room" 2>&1) ||
    refuse "$(reason_of_error "$error" disk-full)" "no room in $temporary: $error"
  for worked in $names; do mkdir "$work/$worked"; done
}

make_root_folders() {
  error=$( { (umask 022 && mkdir -p "$root") && mkdir -p "$root/live" "$root/archive" && : >>"$root/.perennial.lock"; } 2>&1) ||
    refuse "$(reason_of_error "$error" root-not-writable)" "$root: $error"
  for folder in "$root" "$root/live" "$root/archive"; do
    owner=$(stat -L -c %u "$folder")
    [ "$owner" = "$(id -u)" ] ||
      refuse wrong-owner "$folder belongs to user $owner, who could replace the keys in it: chown root $folder"
  done
}

# flock ends with the process, however that ends.
take_lock() {
  exec 9>>"$root/.perennial.lock"
  flock -w "$lock_wait_s" 9 || refuse locked "another installation has held $root/.perennial.lock for $lock_wait_s s"
}

# From a clock that nobody sets.
seconds() { cut -d . -f 1 /proc/uptime; }

# in_parallel FUNCTION ITEM...: at most $at_once at a time
in_parallel() {
  parallel_step=$1
  shift
  running=0
  for item; do
    "$parallel_step" "$item" 9>&- &
    running=$((running + 1))
    [ "$running" -lt "$at_once" ] || { wait && running=0; }
  done
  wait
}

# --- from the bucket ------------------------------------------------------------------------

# The AWS CLI takes half a second to start, so: the pointer, then objects in parallel. Only single
# keys, so that the host's role needs no ListBucket.
# get_object KEY FILE: prints only errors
get_object() {
  # shellcheck disable=SC2069
  timeout 60 aws s3api get-object --region "$region" --cli-connect-timeout 5 --cli-read-timeout 20 \
    --bucket "$bucket" --key "$1" "$2" 2>&1 >/dev/null
}

fetch_pointer() {
  error=$(get_object "live/$1.json" "$work/$1/pointer.json") && return
  reason=$(reason_of_error "$error" fetch-failed)
  [ "$reason" != object-missing ] || reason=pointer-missing
  give_up "$1" "$reason" "live/$1.json: $error"
}

pointer_field() { tr -d '\n' <"$work/$1/pointer.json" | sed -n 's/.*"'"$2"'": *"\([^"]*\)".*/\1/p'; }

pointer_list() { tr -d '\n' <"$work/$1/pointer.json" | sed -n 's/.*"'"$2"'": *\[\([^]]*\)\].*/\1/p' | tr -d '" ' | tr ',' ' '; }

read_pointer() {
  note "$1" names "$(pointer_list "$1" names)"
  dns_name='([*][.])?[a-z0-9_-]+([.][a-z0-9_-]+)*'
  matches "$dns_name( $dns_name)*" "$(fact "$1" names)" &&
    matches "($dns_name( $dns_name)*)?" "$(pointer_list "$1" serverNames)" &&
    matches '[0-9]{8}T[0-9]{6}Z-[0-9a-z]{1,16}' "$(pointer_field "$1" version)" &&
    matches '[0-9A-Fa-f]{1,64}' "$(pointer_field "$1" serial)" &&
    matches '[0-9a-f]{64}' "$(pointer_field "$1" fullchain)" &&
    matches '[0-9a-f]{64}' "$(pointer_field "$1" privkey)" ||
    give_up "$1" pointer-malformed "live/$1.json is not a pointer this script understands" || return
  for field in version serial fullchain privkey; do note "$1" "$field" "$(pointer_field "$1" "$field")"; done
  { fact "$1" names && pointer_list "$1" serverNames; } | tr ' ' '\n' | sed '/^$/d; /[*]/d' | sort -u >"$work/$1/candidates"
}

version_folder() { printf '%s/archive/%s/%s' "$root" "$1" "$(fact "$1" version)"; }

is_intact() {
  [ -f "$2/cert.pem" ] && [ -f "$2/chain.pem" ] &&
    printf '%s  %s\n' "$(fact "$1" fullchain)" "$2/fullchain.pem" "$(fact "$1" privkey)" "$2/privkey.pem" |
    sha256sum --check --status - 2>/dev/null
}

incoming() { printf '%s/archive/%s/.incoming' "$root" "$1"; }

make_incoming() {
  error=$(rm -rf "$(incoming "$1")" 2>&1 && mkdir -p "$(incoming "$1")" 2>&1) ||
    give_up "$1" "$(reason_of_error "$error" root-not-writable)" "$error"
}

# fetch_object NAME/FILE
fetch_object() {
  object_name=$(dirname "$1")
  object_file=$(basename "$1")
  key="archive/$object_name/$(fact "$object_name" version)/$object_file"
  error=$(get_object "$key" "$(incoming "$object_name")/$object_file") ||
    give_up "$object_name" "$(reason_of_error "$error" fetch-failed)" "$key: $error"
}

fetch_versions() {
  objects=''
  for fetched in $(open_names); do
    is_intact "$fetched" "$(version_folder "$fetched")" && continue
    make_incoming "$fetched" && objects="$objects $fetched/fullchain.pem $fetched/privkey.pem"
  done
  [ -z "$objects" ] || in_parallel fetch_object $objects
  in_parallel check_version $(open_names)
  for fetched in $names; do rm -rf "$(incoming "$fetched")"; done
}

check_version() {
  if is_intact "$1" "$(version_folder "$1")"; then
    check_certificate "$1" "$(version_folder "$1")"
  else
    complete_version "$1"
  fi
}

# fullchain.pem is cert.pem and then chain.pem.
complete_version() {
  folder=$(incoming "$1")
  error=$( { sed '/-----END CERTIFICATE-----/q' "$folder/fullchain.pem" >"$folder/cert.pem" &&
    sed '1,/-----END CERTIFICATE-----/d' "$folder/fullchain.pem" >"$folder/chain.pem" &&
    chmod 600 "$folder"/*.pem; } 2>&1) ||
    give_up "$1" "$(reason_of_error "$error" root-not-writable)" "$error" || return
  is_intact "$1" "$folder" ||
    give_up "$1" hash-mismatch "archive/$1/$(fact "$1" version)/ does not have the hashes in live/$1.json" || return
  check_certificate "$1" "$folder"
  [ ! -e "$work/$1/outcome" ] || return
  sync "$folder"/*.pem "$folder" 2>/dev/null
  error=$(rm -rf "$(version_folder "$1")" 2>&1 && mv -T "$folder" "$(version_folder "$1")" 2>&1) ||
    give_up "$1" "$(reason_of_error "$error" root-not-writable)" "$error"
}

check_certificate() {
  openssl x509 -in "$2/cert.pem" -noout -pubkey -dates -ext subjectAltName >"$work/$1/certificate" 2>/dev/null
  key_of_file=$(openssl pkey -in "$2/privkey.pem" -pubout 2>/dev/null)
  key_of_certificate=$(sed -n '/BEGIN PUBLIC/,/END PUBLIC/p' "$work/$1/certificate")
  [ -n "$key_of_file" ] && [ "$key_of_file" = "$key_of_certificate" ] ||
    give_up "$1" key-mismatch "the private key of version $(fact "$1" version) is not the certificate's" || return
  tr ',' '\n' <"$work/$1/certificate" | sed -n 's/^ *DNS:\([^ ]*\) *$/\1/p' | sort >"$work/$1/covered"
  uncovered=$(fact "$1" names | tr ' ' '\n' | sort | comm -23 - "$work/$1/covered" | tr '\n' ' ')
  [ -z "$uncovered" ] || give_up "$1" names-mismatch "the certificate does not cover $uncovered" || return
  note "$1" signatures "$(signatures_of "$2/cert.pem")"
  check_dates "$1"
}

# The signature algorithms of a client that accepts only the certificate's kind of key.
signatures_of() {
  case $(openssl x509 -in "$1" -noout -text 2>/dev/null | sed -n 's/^ *Public Key Algorithm: *//p') in
    id-ecPublicKey) echo ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512 ;;
    rsaEncryption) echo RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512:RSA+SHA256:RSA+SHA384:RSA+SHA512 ;;
  esac
}

check_dates() {
  valid_from=$(sed -n 's/^notBefore=//p' "$work/$1/certificate")
  valid_to=$(sed -n 's/^notAfter=//p' "$work/$1/certificate")
  clock=$(date -u)
  [ "$(date -d "$valid_to" +%s)" -gt "$(date +%s)" ] ||
    give_up "$1" expired "the certificate expired on $valid_to, this host's clock says $clock"
  [ "$(date -d "$valid_from" +%s)" -le "$(date +%s)" ] ||
    give_up "$1" not-yet-valid "the certificate is valid from $valid_from, this host's clock says $clock: is the clock wrong?"
}

# --- over TLS -------------------------------------------------------------------------------

fingerprint() { openssl x509 -noout -fingerprint -sha256 2>/dev/null | sed 's/.*=//' | tr -d : | tr A-F a-f; }

# shake_hands SERVERNAME OPTION...: prints the fingerprint of the certificate that 127.0.0.1 serves
shake_hands() {
  server_name=$1
  shift
  timeout 5 openssl s_client -connect "127.0.0.1:$port" -servername "$server_name" "$@" </dev/null 2>/dev/null | fingerprint
}

# A server block may have an RSA and an ECDSA certificate, each its own lineage. It shows the one whose kind of
# key is all that the client accepts. Without an answer, a second try accepts all: the kind of key may have changed.
# ask NAME/SERVERNAME: notes the fingerprint, or nothing
ask() {
  signatures=$(fact "$(dirname "$1")" signatures)
  answer=''
  [ -z "$signatures" ] || answer=$(shake_hands "$(basename "$1")" -sigalgs "$signatures")
  [ -n "$answer" ] || answer=$(shake_hands "$(basename "$1")")
  printf '%s\n' "$answer" >"$work/$(dirname "$1")/answer.$(basename "$1")"
}

ask_all() {
  questions=''
  for asked_for in "$@"; do
    for candidate in $(fact "$asked_for" candidates); do questions="$questions $asked_for/$candidate"; done
  done
  [ -z "$questions" ] || in_parallel ask $questions
}

# Each certificate of this lineage that Nginx may have in memory; of certbot's own, the newest five.
lineage_fingerprints() {
  {
    ls -d "$root/live/$1/fullchain.pem" "$root/archive/$1"/*/fullchain.pem
    # shellcheck disable=SC2012
    ls -t "$root/live/$1.before-perennial/fullchain.pem" "$root/archive/$1"/fullchain*.pem | head -n 5
  } 2>/dev/null | while read -r pem; do fingerprint <"$pem"; done
}

# names_that_serve NAME FINGERPRINTS: prints the candidates whose last answer is among them
names_that_serve() {
  for candidate in $(fact "$1" candidates); do
    answer=$(fact "$1" "answer.$candidate")
    case " $2 " in *" $answer "*) [ -z "$answer" ] || echo "$candidate" ;; esac
  done
}

note_before() {
  ask_all $(open_names)
  for looked_at in $(open_names); do
    names_that_serve "$looked_at" "$(lineage_fingerprints "$looked_at" | tr '\n' ' ')" >"$work/$looked_at/before"
  done
}

# The names that served this lineage before must serve the new one. If there were none, one name must.
serves_new() {
  new=$(fingerprint <"$(version_folder "$1")/cert.pem")
  names_that_serve "$1" "$new" >"$work/$1/served"
  if [ -s "$work/$1/before" ]; then
    [ -z "$(comm -23 "$work/$1/before" "$work/$1/served")" ]
  else
    [ -s "$work/$1/served" ]
  fi
}

# wait_until_served NAME...: asks until all serve the new one, or time is up
wait_until_served() {
  waiting="$*"
  started=$(seconds)
  pause=0.05
  while [ -n "$waiting" ]; do
    ask_all $waiting
    still=''
    limit_s=$first_serve_limit_s
    for waited in $waiting; do
      serves_new "$waited" && continue
      [ -s "$work/$waited/candidates" ] && still="$still $waited"
      ! expects_service "$waited" || limit_s=$serve_limit_s
    done
    waiting=$still
    [ $(($(seconds) - started)) -lt "$limit_s" ] || break
    [ -z "$waiting" ] || sleep "$pause"
    pause=$(printf '%s' "$pause" | sed 's/^0.05$/0.1/; t; s/^0.1$/0.3/; t; s/.*/1/')
  done
}

# Whether it is a failure that the certificate is not served. It is none if no name served it before, and this is
# a first install, it was never served, or nothing answers TLS.
expects_service() {
  [ ! -s "$work/$1/before" ] || return 0
  [ "$(fact "$1" previous)" != none ] && [ ! -e "$(unserved_mark "$1")" ] && [ -n "$(cat "$work/$1"/answer.* 2>/dev/null)" ]
}

unserved_mark() { printf '%s/archive/%s/.not-served' "$root" "$1"; }

# --- the link -------------------------------------------------------------------------------

is_current() { [ "$(readlink "$root/live/$1")" = "../archive/$1/$(fact "$1" version)" ]; }

# Written before the swap, so that the next run can go back after a killed one.
previous_file() { printf '%s/archive/%s/.previous' "$root" "$1"; }

note_previous() {
  live="$root/live/$1"
  if [ -s "$(previous_file "$1")" ]; then
    previous=$(cat "$(previous_file "$1")")
  elif is_current "$1"; then
    previous=current
  elif [ -L "$live" ]; then
    previous=$(readlink "$live")
  elif [ -d "$live" ] || [ -d "$live.before-perennial" ]; then
    previous=before-perennial
  else
    previous=none
  fi
  note "$1" previous "$previous"
  # cp: shells differ in how their printf reports a failed write.
  is_current "$1" || cp "$work/$1/previous" "$(previous_file "$1")"
}

point_link() {
  rm -f "$root/live/.$1.new" && ln -s "$2" "$root/live/.$1.new" && mv -T "$root/live/.$1.new" "$root/live/$1"
}

# Certbot's own folder is renamed, never emptied, and its renewal configuration hidden from certbot. A run may
# be killed between the two, so each is done only where it is not done yet.
move_certbot_aside() {
  [ -L "$root/live/$1" ] || [ ! -d "$root/live/$1" ] || mv -T "$root/live/$1" "$root/live/$1.before-perennial" || return
  [ ! -f "$root/renewal/$1.conf" ] || mv "$root/renewal/$1.conf" "$root/renewal/$1.conf.before-perennial" || return
  note "$1" aside " The old live/$1 is now live/$1.before-perennial, and certbot no longer renews it."
}

swap() {
  ! in_the_way "$root/live/$1" ||
    give_up "$1" live-in-the-way "live/$1 is neither a link nor a folder that can become live/$1.before-perennial; move it away" ||
    return
  error=$(note_previous "$1" 2>&1) ||
    give_up "$1" "$(reason_of_error "$error" root-not-writable)" "$error" || return
  is_current "$1" && return
  note "$1" changed yes
  error=$( {
    [ "$(fact "$1" previous)" != before-perennial ] || move_certbot_aside "$1"
  } 2>&1 && point_link "$1" "../archive/$1/$(fact "$1" version)" 2>&1) && return
  swap_back "$1" 2>/dev/null
  give_up "$1" "$(reason_of_error "$error" root-not-writable)" "the link live/$1 could not be swapped: $error"
}

in_the_way() {
  [ -e "$1" ] && [ ! -L "$1" ] && { [ ! -d "$1" ] || [ -e "$1.before-perennial" ]; }
}

# If it fails, .previous stays for the next run.
swap_back() {
  case $(fact "$1" previous) in
    current) return ;;
    none) rm -f "$root/live/$1" || return ;;
    before-perennial) move_certbot_back "$1" || return ;;
    *) point_link "$1" "$(fact "$1" previous)" || return ;;
  esac
  rm -f "$(previous_file "$1")"
}

move_certbot_back() {
  rm -f "$work/$1/aside"
  if [ -d "$root/live/$1.before-perennial" ]; then
    rm -f "$root/live/$1" && mv -T "$root/live/$1.before-perennial" "$root/live/$1" || return
  fi
  [ ! -f "$root/renewal/$1.conf.before-perennial" ] || mv "$root/renewal/$1.conf.before-perennial" "$root/renewal/$1.conf"
}

# Keeps the newest versions and the one that the link points to.
remove_old_versions() {
  for version_dir in "$root/archive/$1"/[0-9]*T[0-9]*Z-*; do basename "$version_dir"; done |
    sort -r | tail -n "+$((kept_versions + 1))" | while read -r old; do
    [ "$(readlink "$root/live/$1")" = "../archive/$1/$old" ] || rm -rf "$root/archive/$1/$old"
  done
}

# --- reload ---------------------------------------------------------------------------------
# A reload fails with status 1 when the new files or the configuration are refused (swap back), and
# with 2 when there is nothing to reload now (keep the new files for when it is back).

reload_all() {
  case $reload in
    container) reload_container ;;
    service) reload_service ;;
    hooks) run_hooks "$@" ;;
  esac 9>&- # a process that a hook leaves behind must not hold the lock
}

find_container() {
  because container-engine-missing 'neither docker nor podman is installed on this host'
  for engine in docker podman; do
    command -v "$engine" >/dev/null || continue
    error=$(timeout 30 "$engine" container inspect "$container" 2>&1 >"$work/container.json") && return
    why_reason=container-not-found
    case $error in
      *[Cc]annot\ connect* | *'permission denied'*) [ "$engine" = podman ] || why="$error" ;;
      *) why="there is no container $container here" ;;
    esac
  done
  return 2
}

container_status() { sed -n 's/.*"Status": "\([a-z]*\)".*/\1/p' "$work/container.json" | head -n 1; }

# A container that restarts may be back in a moment.
wait_for_container() {
  wait_started=$(seconds)
  while find_container || return 2; do
    [ "$(container_status)" != running ] || return 0
    because container-restarting "container $container is $(container_status), not running"
    [ $(($(seconds) - wait_started)) -lt "$serve_limit_s" ] || return 2
    sleep 1
  done
}

reload_container() {
  wait_for_container || return 2
  in_container nginx-test-failed nginx -t && in_container reload-failed nginx -s reload
}

# in_container REASON COMMAND...
in_container() {
  refusal=$1
  shift
  output=$(timeout 30 "$engine" exec "$container" "$@" 2>&1) && return
  container_gone && return 2
  refused_by_nginx "$refusal" "$output"
}

container_gone() {
  find_container || return 0
  [ "$(container_status)" != running ] || return 1
  because container-restarting "container $container stopped while it was asked to reload"
}

refused_by_nginx() {
  because "$1" "$(printf '%s\n' "$2" | grep -m 1 -E 'emerg|alert|crit|error' || printf '%s' "$2")"
  return 1
}

reload_service() {
  command -v nginx >/dev/null || { because nginx-missing 'there is no nginx on this host' && return 2; }
  output=$(timeout 30 nginx -t 2>&1) || refused_by_nginx nginx-test-failed "$output" || return
  if systemctl is-active --quiet nginx 2>/dev/null; then
    output=$(timeout 30 systemctl reload nginx 2>&1)
  else
    output=$(timeout 30 nginx -s reload 2>&1)
  fi && return
  refused_by_nginx reload-failed "$output"
  case $output in
    *'nginx.pid" failed'* | *'invalid PID'*) why_reason=nginx-not-running && return 2 ;;
    *) return 1 ;;
  esac
}

is_hook() { [ -f "$1" ] && [ -x "$1" ]; }

has_hooks() {
  for hook in "$root"/renewal-hooks/deploy/*; do is_hook "$hook" && return; done
  return 1
}

# As certbot does: every hook in order, once per lineage, with the usual umask.
run_hooks() {
  for hooked in "$@"; do
    for hook in "$root"/renewal-hooks/deploy/*; do
      is_hook "$hook" || continue
      (
        umask 022
        RENEWED_LINEAGE="$root/live/$hooked" RENEWED_DOMAINS="$(fact "$hooked" names)" \
          exec timeout "$hook_limit_s" "$hook" >"$work/hook.log" 2>&1 </dev/null
      ) && continue
      because hook-failed "$(basename "$hook") failed for $hooked: $(tail -n 1 "$work/hook.log")"
      return 1
    done
  done
}

# --- outcomes -------------------------------------------------------------------------------

settle_served() {
  rm -f "$(previous_file "$1")" "$(unserved_mark "$1")"
  remove_old_versions "$1"
  served_now=$(paste -s -d ' ' - <"$work/$1/served")
  if [ "$reloaded" = yes ]; then
    finish "$1" served new-certificate-served "the new certificate is served for $served_now.$(fact "$1" aside)"
  else
    finish "$1" unchanged already-served "this version was installed and is served for $served_now"
  fi
}

settle_unserved() {
  rm -f "$(previous_file "$1")"
  : >"$(unserved_mark "$1")"
  remove_old_versions "$1"
  if [ -s "$work/$1/candidates" ]; then
    finish "$1" installed-not-served nothing-serves-it "installed; nothing on port $port serves it yet.$(fact "$1" aside)"
  else
    finish "$1" installed-not-served no-name-to-ask "installed; it has only wildcard names: give serverNames to have it checked.$(fact "$1" aside)"
  fi
}

# From the last answers.
explain_unserved() {
  expected="$work/$1/before"
  [ -s "$expected" ] || expected="$work/$1/candidates"
  unserved=$(comm -13 "$work/$1/served" "$expected" | head -n 1)
  answer=$(fact "$1" "answer.$unserved")
  still_old="$unserved still gets the old certificate"
  if [ -z "$answer" ]; then
    because not-answering "$unserved gets no TLS answer on port $port"
  elif ! lineage_fingerprints "$1" | grep -qx "$answer"; then
    because other-certificate-served "$unserved gets a certificate that is not of this lineage: is its server_name right?"
  elif mounts_file_of "$1"; then
    because mounted-file "$still_old: the container mounts files of live/$1 or archive/$1; mount the folder that holds live and archive"
  elif [ "$reload" = hooks ] && ! has_hooks; then
    because no-hooks "$still_old: no program in $root/renewal-hooks/deploy/ is there to reload its server"
  else
    because old-certificate-served "$still_old: does the configuration read it from another path?"
  fi
}

# A mounted file keeps its inode: the container does not see the file that replaces it.
mounts_file_of() {
  [ "$reload" = container ] && grep '"Source": ' "$work/container.json" | grep -q -e "/live/$1[/\"]" -e "/archive/$1[/\"]"
}

# roll_back NAME...
roll_back() {
  back_reason=$why_reason
  back_why=$why
  for back in "$@"; do
    error=$(swap_back "$back" 2>&1) || note "$back" stuck "$error"
  done
  reload_all "$@" || back_why="$back_why; it fails without the new certificate as well, so that is not the cause"
  wait_until_back "$@"
  for back in "$@"; do
    missing=$(comm -23 "$work/$back/before" "$work/$back/served" | tr '\n' ' ')
    [ -z "$missing" ] || missing=" (which is not served for $missing)"
    [ ! -e "$work/$back/stuck" ] || {
      finish "$back" failed roll-back-failed "the old certificate could not be put back: $(fact "$back" stuck); and before: $back_why"
      continue
    }
    case $(fact "$back" previous) in
      current) finish "$back" failed "$back_reason" "no earlier version to go back to: $back_why" ;;
      none) finish "$back" rolled-back "$back_reason" "taken out again: $back_why" ;;
      *) finish "$back" rolled-back "$back_reason" "back to the old certificate$missing: $back_why" ;;
    esac
  done
}

# wait_until_back NAME...: waits until the names that served the lineage before serve what the link points to
wait_until_back() {
  for try in 1 2 3 4 5 6 7 8; do
    ask_all "$@"
    not_back=''
    for back in "$@"; do
      old=$(fingerprint 2>/dev/null <"$root/live/$back/fullchain.pem")
      names_that_serve "$back" "$old" >"$work/$back/served"
      not_back="$not_back$(comm -23 "$work/$back/before" "$work/$back/served")"
    done
    [ -n "$not_back" ] || return 0
    sleep "0.$try"
  done
}

settle() {
  if serves_new "$1"; then
    settle_served "$1"
  elif ! expects_service "$1"; then
    settle_unserved "$1"
  else
    explain_unserved "$1"
    roll_back "$1"
  fi
}

all_unchanged() {
  for looked_at in "$@"; do
    [ ! -e "$work/$looked_at/changed" ] && serves_new "$looked_at" || return 1
  done
}

reload_and_settle() {
  reloaded=no
  if ! all_unchanged "$@"; then
    reloaded=yes
    reload_all "$@"
    case $? in
      0) wait_until_served "$@" ;;
      1) roll_back "$@" ;;
      *) for kept in "$@"; do finish "$kept" failed "$why_reason" "$why; the new certificate stays installed"; done ;;
    esac
  fi
  for settled in "$@"; do [ -e "$work/$settled/outcome" ] || settle "$settled"; done
}

install_open() {
  in_parallel fetch_pointer $(open_names)
  for each in $(open_names); do read_pointer "$each"; done
  fetch_versions
  note_before
  for each in $(open_names); do swap "$each"; done
  # Hooks run, and fail, per certificate.
  if [ "$reload" = hooks ]; then
    for each in $(open_names); do reload_and_settle "$each"; done
  else
    installed=$(open_names)
    [ -z "$installed" ] || reload_and_settle $installed
  fi
}

changed_names() {
  for looked_at in $names; do [ ! -e "$work/$looked_at/changed" ] || printf '%s ' "$looked_at"; done
}

# If the pointer cannot be read now, the next run catches up.
reopen_if_moved() {
  version_before=$(fact "$1" version)
  get_object "live/$1.json" "$work/$1/pointer.json" >/dev/null || return
  [ "$(pointer_field "$1" version)" != "$version_before" ] || return
  # shellcheck disable=SC2115
  rm -rf "$work/$1" && mkdir "$work/$1"
}

main() {
  read_parameters
  make_work_folder
  make_root_folders
  take_lock
  install_open
  # The pointer may have moved meanwhile, and its command waits behind this run, or is lost: two more rounds.
  for _ in 2 3; do
    in_parallel reopen_if_moved $(changed_names)
    [ -n "$(open_names)" ] || break
    install_open
  done
  report
}

main
