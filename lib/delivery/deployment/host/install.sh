#!/bin/sh
# Installs the current version of each named certificate on this host, reloads what serves it, and
# checks over TLS that the new one is served. If it is not, puts the old one back.
#
# The stack's SSM document runs it as root, with its parameters as environment variables:
#   SSM_names      lineage names, one space between them; or empty, for those of
#   SSM_group      the host group: what groups/<group>.json lists and this host does not have
#   SSM_newHostsOnly  true: of those, only what is missing; what is there is replaced by commands alone
#   SSM_bucket     where live/<name>.json and archive/<name>/<version>/ are
#   SSM_region     the bucket's region
#   SSM_root       certbot's folder: live/, archive/, renewal/, renewal-hooks/
#   SSM_reload     container | service | hooks
#   SSM_container  the container's name, its compose service or PROJECT/SERVICE, its ECS family or FAMILY/CONTAINER
#   SSM_port       the TLS port
#   SSM_address    where to ask, instead of where the port is listened to; may be empty, like
#   SSM_keyGroup   the group that may read the key where nobody but root could, and
#   SSM_keyMode    the key's mode then
#   SSM_proxyProtocol  true: ask with the PROXY protocol's header; false: never; empty: where nothing answers without it
# The last line on stdout is JSON with one result per name, and never holds key material. The exit
# status is 0 when each certificate is served, or installed with nothing serving it.
# Each openssl reads all CAs of the host at first, most of its time, where SSL_CERT_FILE names no file of them.
# Needs the AWS CLI, openssl, and flock, coreutils, awk, grep and sed, which every Linux distribution has.
# What it fetches is checked in a folder that only root can enter. It goes into the root folder step by step and works with
# relative paths there: root of a container that has the folder mounted can swap a name, but not the folder that is open.
# docs/reference/hosts.md says what each outcome and reason means.
#
# Trap: no dollar-brace expansion and no doubled braces anywhere in this file. Serverless would
# resolve the first, Systems Manager the second. In a text over several lines, no line ends with what resources/document.cjs takes
# for a line that goes on.

# Lists of names are split on purpose: names hold no spaces and no patterns (see is_lineage_name).
# SC2100 mistakes words with a hyphen for arithmetic.
# SC2030 and SC2031: subshells say why on standard output.
# SC2154: the parameters are in the environment.
# SC2254: what is a pattern in `case` is one on purpose.
# shellcheck disable=SC2086,SC2046,SC2100,SC2015,SC2030,SC2031,SC2154,SC2254

set -u
umask 077
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin
export PATH

kept_versions=3
lock_wait_s=40
serve_limit_s=15
first_serve_limit_s=3
most_endpoints=8
hook_limit_s=120
at_once=4
most_bytes=262143
most_server_names=20
# The document's limit is 300 s. After the first of these nothing is changed any more that was not, after the second what is
# not seen goes back, and going back is cut short at the third.
swap_until_s=120
see_until_s=200
back_until_s=275

# Root's, for root only: the lock, and notes about each certificate, of each root folder.
state=/var/lib/perennial

newline='
'
characters_201=$(printf '%0201d' 0 | tr 0 '?')

# Of the agent's environment only what the AWS CLI, proxies and container engines need is kept.
fix_environment() {
  has_parameters=no
  for variable in $(env | sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/\1/p'); do
    case $variable in
      PATH | HOME | TMPDIR | PWD | OLDPWD | SHLVL | _) ;;
      SSM_names) has_parameters=yes ;;
      SSM_* | AWS_* | *_proxy | *_PROXY | DOCKER_HOST | CONTAINER_HOST) ;;
      # A shell's own.
      BASHOPTS | SHELLOPTS | UID | EUID | PPID | IFS) ;;
      *) unset "$variable" ;;
    esac
  done
  export LC_ALL=C AWS_PAGER='' AWS_MAX_ATTEMPTS=3 AWS_RETRY_MODE=standard
}

# --- facts and the report -------------------------------------------------------------------
# Each name has a folder under $work with one file per fact: version, serial, names, candidates
# (server names to ask), before (those that served this lineage), changed (the link was swapped),
# and at the end outcome, reason, message, served. What is the run's own there begins with a dot, as no name does.
# A function that finds one thing sets the variable of its own name, as a subshell would cost a small machine a millisecond.

# fact NAME WHAT
fact() {
  fact=''
  [ -f "$work/$1/$2" ] || return 0
  {
    IFS= read -r fact
    while IFS= read -r fact_line; do fact=$fact$newline$fact_line; done
  } <"$work/$1/$2"
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

# Not every tr knows [:print:].
plain() { tr -c ' -~' ' ' | sed 's/["\\]//g; s/  */ /g; s/^\(.\{150\}.\{150\}\).*/\1/; s/ $//'; }

print_result() {
  fact "$1" message
  print_told "$1" "$(printf '%s\n' "$fact" | plain)"
  printf ',"served":[%s]}' "$(names_in "$work/$1/served" | sed 's/.*/"&"/' | paste -s -d , -)"
}

print_short_result() {
  fact "$1" message
  print_told "$1" "$(printf '%s\n' "$fact" | plain | cut -c 1-100)"
  printf '}'
}

# print_told NAME MESSAGE: all but what is served, and the last brace
print_told() {
  printf '{"name":"%s"' "$1"
  for told in version serial outcome reason; do fact "$1" "$told" && printf ',"%s":"%s"' "$told" "$fact"; done
  printf ',"message":"%s"' "$2"
}

print_brief_result() {
  said=version
  ! has_failed "$1" || said=reason
  outcome=$fact
  fact "$1" "$said"
  printf '{"name":"%s","%s":"%s","outcome":"%s"}' "$1" "$said" "$fact" "$outcome"
}

has_failed() {
  fact "$1" outcome
  [ "$fact" = failed ] || [ "$fact" = rolled-back ]
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

# print_report FIELDS FUNCTION...: the first whose results fit, as Run Command keeps 24,000 characters, and JSON cut short is
# useless. What is not known is left out.
print_report() {
  fields=$1
  shift
  for form; do
    results=$(print_list "$form" | sed 's/"[a-z]*":"",//g')
    [ "$(printf '%s' "$results" | wc -c)" -gt 23000 ] || break
    results=''
  done
  printf '{"perennial":1,"agent":"%s",%s"results":[%s]}\n' "$(agent_version)" "$fields" "$results"
}

report() {
  print_report '' print_result print_short_result print_brief_result
  for reported in $names; do ! has_failed "$reported" || return; done
}

print_refused() {
  printf '{"name":"%s","outcome":"failed","reason":"%s","message":"%s"}' "$1" "$why_refused" "$message_refused"
}

print_brief_refused() { printf '{"name":"%s","outcome":"failed","reason":"%s"}' "$1" "$why_refused"; }

# refuse REASON MESSAGE: the run as a whole cannot start
refuse() {
  why_refused=$1
  message_refused=$(printf '%s' "$2" | plain)
  print_report "\"reason\":\"$why_refused\",\"message\":\"$message_refused\"," print_refused print_brief_refused
  printf '%s: %s\n' "$why_refused" "$message_refused" >&2
  exit 1
}

# refuse_error FALLBACK WHERE: for $error
refuse_error() { refuse "$(reason_of_error "$error" "$1")" "$2: $error"; }

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

read_parameters() {
  names='' group=''
  [ "$has_parameters" = yes ] ||
    refuse agent-too-old 'SSM_names is not set: parameters as environment variables need SSM agent 3.3.2746.0 or newer'
  set +u
  asked=$SSM_names group=$SSM_group temporary=$TMPDIR
  bucket=$SSM_bucket region=$SSM_region root=$SSM_root reload=$SSM_reload container=$SSM_container port=$SSM_port
  address=$SSM_address proxy_protocol=$SSM_proxyProtocol key_group=$SSM_keyGroup key_mode=$SSM_keyMode
  new_hosts_only=$SSM_newHostsOnly
  set -u
  check_names
  require_tools
  unfit='' values='' patterns=-
  allow group "$group" '([a-z0-9][a-z0-9-]{0,63})?'
  allow newHostsOnly "$new_hosts_only" '(true|false)?'
  allow bucket "$bucket" '[a-z0-9][a-z0-9.-]{1,62}'
  allow region "$region" '[a-z0-9-]{1,40}'
  allow root "$root" '(/[A-Za-z0-9_-][A-Za-z0-9._-]*){1,20}'
  allow reload "$reload" 'container|service|hooks'
  allow port "$port" '[0-9]{1,5}'
  [ "$reload" != container ] || allow container "$container" '[A-Za-z0-9][A-Za-z0-9_.-]{0,127}(/[A-Za-z0-9][A-Za-z0-9_.-]{0,127})?'
  allow keyGroup "$key_group" '([a-z_][a-z0-9_-]{0,31}|[0-9]{1,10})?'
  allow keyMode "$key_mode" '(0?[46][04][04])?'
  allow address "$address" '([0-9.]{7,15}|[0-9a-f:]{2,39})?'
  allow proxyProtocol "$proxy_protocol" '(true|false)?'
  [ -n "$unfit" ] || unfit=$(printf '%s' "$values" | grep -Evxm 1 -e "$patterns" | cut -d ' ' -f 1)
  [ -z "$unfit" ] || refuse bad-parameter "$unfit has a value that is not allowed"
  python=$(command -v python3 || command -v /usr/libexec/platform-python)
  [ "$proxy_protocol" != true ] || [ -n "$python" ] || refuse python3-missing 'python3 is not installed on this host, and with proxyProtocol it is what asks'
}

# allow NAME VALUE PATTERN: gathered, as one grep compares all
allow() {
  case $2 in *"$newline"*) unfit=$1 ;; esac
  values="$values$1 $2$newline"
  patterns="$patterns$newline$1 ($3)"
}

# Names end up in paths, object keys and JSON.
is_lineage_name() {
  case $1 in
    '' | *[!a-z0-9._-]* | [.-]* | *..* | *.before-perennial | $characters_201*) return 1 ;;
  esac
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
  [ -n "$names" ] || [ -n "$group" ] || refuse bad-parameter 'names is empty'
  [ -z "$names" ] || group=''
}

require_tools() {
  for tool in openssl flock grep sed awk sha256sum timeout mktemp mkfifo readlink stat comm; do
    command -v "$tool" >/dev/null || refuse "$tool-missing" "$tool is not installed on this host"
  done
  command -v aws >/dev/null || refuse aws-cli-missing 'the AWS CLI (aws) is not installed on this host, or not on the PATH of the SSM agent'
}

# --- time and output ------------------------------------------------------------------------

# In seconds, from a clock that nobody sets.
now() { IFS=. read -r now _ </proc/uptime; }

begin_clock() {
  now
  begun=$now until_s=$swap_until_s
}

is_late() { now && [ $((until_s - now + begun)) -le 0 ]; }

# at_most SECONDS: no more than are left
at_most() {
  now
  at_most=$((until_s - now + begun))
  [ "$at_most" -gt 1 ] || at_most=1
  [ "$at_most" -lt "$1" ] || at_most=$1
}

# limited SECONDS COMMAND...: prints the first 64 KiB of what the command prints; the status is the command's. What it
# leaves running keeps a reader, and is not waited for; neither holds the lock, of which a shell would keep a copy where it is
# closed for more than one command. Call it in a subshell.
limited() {
  at_most "$1"
  shift
  # By the subshell's own process id, which one before it may have had.
  read -r spool _ </proc/self/stat && spool=$work/.spool.$spool
  while [ -e "$spool" ]; do spool=$spool.; done
  mkfifo "$spool" || return 1
  { head -c 65536 >"$spool+text" && cat >/dev/null && : >"$spool+end"; } <"$spool" >/dev/null 2>&1 9>&- &
  timeout $kill_after "$at_most" "$@" >"$spool" 2>&1 </dev/null 9>&-
  limited_status=$?
  for pause in 0.002 0.005 0.02 0.02 0.05 0.1; do [ -e "$spool+end" ] || sleep "$pause"; done
  cat "$spool+text"
  return "$limited_status"
}

# BusyBox had no -k for long.
find_kill_after() {
  kill_after='-k 5'
  timeout $kill_after 5 true 2>/dev/null || kill_after=''
}

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

# --- folders and lock -----------------------------------------------------------------------

# With the lock, of which there is one for all root folders: what is there was left by runs that were killed, with keys.
make_work_folder() {
  [ -n "$temporary" ] || temporary=/run
  [ -w "$temporary" ] || temporary=/tmp
  for left in "$temporary"/perennial.??????; do
    case $(stat -c '%u %a %F' "$left" 2>/dev/null) in '0 '*'700 directory') rm -rf "$left" ;; esac
  done
  work=$(mktemp -d "$temporary/perennial.XXXXXX") || refuse disk-full "no temporary folder in $temporary"
  trap 'rm -rf "$work"' EXIT
  trap 'exit 143' HUP INT TERM
  error=$(head -c 262144 /dev/zero 2>&1 >"$work/.room" && rm "$work/.room" 2>&1) ||
    refuse_error disk-full "no room in $temporary"
  [ -z "$names" ] || (cd "$work" && mkdir $names)
}

# is_folder PATH PATH-SHOWN: no link, no file
is_folder() {
  [ ! -L "$1" ] && [ -d "$1" ] && return
  because not-a-folder "$2 is a link or a file where a folder has to be: move it away"
  return 1
}

# are_own PATHS-SHOWN PATH...: root's, and nobody else can write to them; else says why not. Of what is shown, each is on a line.
are_own() {
  shown=$1
  shift
  set -- $(stat -c '%u %a' "$@")
  IFS=$newline
  for seen in $shown; do
    unset IFS
    [ $# -gt 1 ] || return
    case "$1 $2" in
      "0 "*[2367]? | "0 "*[2367]) because writable-by-others "others than root can write to $seen: chmod go-w $seen" && return 1 ;;
      "0 "*) shift 2 ;;
      *) because wrong-owner "$seen belongs to user $1, who could replace what is in it: chown root $seen" && return 1 ;;
    esac
  done
}

# go_into FOLDER...: into the root folder, and from there step by step; all that it went through has to be root's own. For
# subshells; fails with why and why_reason.
go_into() {
  at=$root gone_into=$root up=. ups=.
  cd -P "$root_parent" && step_into "$root_name" || return
  for step; do
    at=$at/$step up=$up/..
    step_into "$step" || return
    gone_into=$gone_into$newline$at ups="$up $ups"
  done
  are_own "$gone_into" $ups
}

# step_into NAME: which is $at; where it was moved meanwhile, PWD tells
step_into() {
  is_folder "$1" "$at" || return
  case $PWD in / | //) step_parent='' ;; *) step_parent=$PWD ;; esac
  cd -P "./$1" && [ "$PWD" = "$step_parent/$1" ]
}

# in_folder 'FOLDER...' COMMAND...: runs it there; prints the error, as `REASON MESSAGE` where the folder is to blame
in_folder() (
  folders=$1
  shift
  why_reason='' && why=''
  go_into $folders 2>&1 || { echo "unsafe $why_reason $why" && exit 1; }
  "$@" 2>&1
)

# read_error ERROR: of in_folder, as why_reason and why
read_error() {
  case $1 in
    'unsafe '[a-z]*)
      why_reason=$(printf '%s' "$1" | head -n 1 | cut -d ' ' -f 2)
      why=$(printf '%s' "$1" | head -n 1 | cut -d ' ' -f 3-)
      ;;
    *) because "$(reason_of_error "$1" root-not-writable)" "$1" ;;
  esac
}

give_up_for() { read_error "$2" && give_up "$1" "$why_reason" "$why"; }

# refuse_for PATH ERROR
refuse_for() { read_error "$2" && refuse "$why_reason" "$1: $why"; }

make_root_folders() {
  [ "$(id -u)" = 0 ] || refuse permission-denied "the SSM agent runs as user $(id -u), not as root"
  [ -d "$root" ] || error=$( (umask 022 && mkdir -p "$root") 2>&1) || refuse_error root-not-writable "$root"
  root_parent=$(cd "$root/.." && pwd -P)
  root_name=$(basename "$root")
  root_path=$(readlink -f "$root")
  for folder in live archive; do
    error=$({ [ -d "$root/$folder" ] || in_folder '' make_folder "$folder"; } && in_folder "$folder" :) || refuse_for "$root/$folder" "$error"
  done
  # Of releases that had it there.
  [ ! -e "$root/.perennial.lock" ] || rm -f "$root/.perennial.lock"
}

make_folder() { [ -e "$1" ] || [ -L "$1" ] || mkdir "$1"; }

make_state() {
  [ -d "$state" ] || error=$( (umask 022 && mkdir -p "$(dirname "$state")") 2>&1 && mkdir "$state" 2>&1) ||
    refuse_error permission-denied "$state"
  is_folder "$state" "$state" && are_own "$state" "$state" || refuse "$why_reason" "$why"
  # No root folder has a "+" in its path.
  notes="$state/$(printf '%s' "$root" | tr / +)"
  error=$( { chmod 700 "$state" && mkdir -p "$notes" && : >>"$state/lock"; } 2>&1) ||
    refuse_error permission-denied "$state"
}

# remembered NAME WHAT
remembered() {
  remembered=''
  [ ! -f "$notes/$1/$2" ] || IFS= read -r remembered <"$notes/$1/$2" || :
}

# remember NAME WHAT VALUE
remember() {
  { [ -d "$notes/$1" ] || mkdir -p "$notes/$1"; } && echo "$3" | cat >"$notes/$1/.new" && mv -f "$notes/$1/.new" "$notes/$1/$2"
}

forget() { [ ! -e "$notes/$1/$2" ] || rm -f "$notes/$1/$2"; }

# flock ends with the process, however that ends. Not every flock can wait.
take_lock() {
  exec 9>>"$state/lock"
  # Commands of a check may be at work on a new host, and what the list has is tried again only a day later.
  [ -z "$group" ] || lock_wait_s=100
  waited_s=0
  until flock -n 9; do
    [ "$waited_s" -lt "$lock_wait_s" ] || refuse locked "another installation has held $state/lock for $lock_wait_s s"
    sleep 1
    waited_s=$((waited_s + 1))
  done
}

# --- from the bucket ------------------------------------------------------------------------

# The AWS CLI takes half a second to start, so all pointers, and then all objects, are asked for in one go by python3 where it is
# there. What it does not get, for whatever reason, the AWS CLI is asked for, and says why. Only single keys, so that the host's
# role needs no ListBucket. No object of ours is near 256 KiB, but the list of a group with hundreds.
# get_at_once: KEY and FILE on each line of $work/.asked; an object that came is in FILE.came. Where none comes, it is not
# tried again in this run; nor is anything asked where the AWS CLI's settings name another endpoint. Credentials are looked for as
# the AWS CLI does, which is asked for them where they are not in plain sight. Signed by Signature Version 4 (IAM user guide, "AWS
# Signature Version 4 for API requests").
get_at_once() {
  [ -n "$python" ] && [ -s "$work/.asked" ] && [ ! -e "$work/.one-by-one" ] || return 0
  at_most 30
  timeout $kill_after "$at_most" "$python" -I -c '
import hashlib, hmac, json, os, re, ssl, subprocess, sys, threading, time
import urllib.parse, urllib.request
bucket, region, most, asked = sys.argv[1:]
env = os.environ

def metadata(path, **headers):
    base = env.get("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://169.254.169.254").rstrip("/")
    sent = {"X-aws-ec2-metadata-token-ttl-seconds": "300"}
    if headers:
        sent = {"X-aws-ec2-metadata-token": headers["token"]}
    request = urllib.request.Request(base + "/latest/" + path, headers=sent, method="GET" if headers else "PUT")
    direct = urllib.request.build_opener(urllib.request.ProxyHandler(dict()))
    return direct.open(request, timeout=2).read(65536).decode()

def credentials():
    if env.get("AWS_ACCESS_KEY_ID"):
        return env["AWS_ACCESS_KEY_ID"], env["AWS_SECRET_ACCESS_KEY"], env.get("AWS_SESSION_TOKEN")
    settled = [os.path.exists(os.path.expanduser("~/.aws/" + name)) for name in ("config", "credentials")]
    others = ("PROFILE", "CONTAINER_", "WEB_IDENTITY_", "ROLE_ARN", "CONFIG_FILE", "SHARED_CREDENTIALS_FILE", "EC2_METADATA_DISABLED")
    if any(settled) or any(name.startswith("AWS_" + other) for name in env for other in others):
        said = subprocess.run(["aws", "configure", "export-credentials", "--format", "process"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=20, check=True).stdout
        found = json.loads(said.decode())
        return found["AccessKeyId"], found["SecretAccessKey"], found.get("SessionToken")
    token = metadata("api/token")
    roles = "meta-data/iam/security-credentials/"
    found = json.loads(metadata(roles + metadata(roles, token=token).split()[0], token=token))
    return found["AccessKeyId"], found["SecretAccessKey"], found["Token"]

def is_led_elsewhere(file):
    file = os.path.expanduser(file)
    with open(file if os.path.exists(file) else os.devnull) as settings:
        return re.search(r"(?m)^\s*(endpoint_url|services|use_\w+|ca_bundle)\s*=", settings.read())

def address():
    files = env.get("AWS_CONFIG_FILE", "~/.aws/config"), env.get("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials")
    if any(is_led_elsewhere(file) for file in files):
        sys.exit(1)
    given = env.get("AWS_ENDPOINT_URL_S3") or env.get("AWS_ENDPOINT_URL")
    if given:
        return given.rstrip("/") + "/" + bucket
    if "." in bucket or "iso" in region or any(name.startswith("AWS_USE_") for name in env):
        sys.exit(1)
    suffix = {"cn": "com.cn", "eusc": "eu"}.get(region.split("-")[0], "com")
    return "https://%s.s3.%s.amazonaws.%s" % (bucket, region, suffix)

def sign(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256)

def fetch(key, path):
    url = urllib.parse.urlsplit(base + "/" + urllib.parse.quote(key))
    now, nothing = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()), hashlib.sha256().hexdigest()
    sent = {"host": url.netloc, "range": "bytes=0-" + most, "x-amz-content-sha256": nothing, "x-amz-date": now}
    if token:
        sent["x-amz-security-token"] = token
    names = sorted(sent)
    lines = ["GET", url.path, ""] + [name + ":" + sent[name] for name in names] + ["", ";".join(names), nothing]
    scope = now[:8] + "/" + region + "/s3/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256("\n".join(lines).encode()).hexdigest()])
    derived = ("AWS4" + secret).encode()
    for part in scope.split("/"):
        derived = sign(derived, part).digest()
    sent["authorization"] = "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s" % (access, scope, ";".join(names), sign(derived, text).hexdigest())
    answer = urllib.request.urlopen(urllib.request.Request(url.geturl(), headers=sent), timeout=5, context=trusted)
    with open(path + ".part", "wb") as file:
        file.write(answer.read())
    os.rename(path + ".part", path + ".came")

base = address()
trusted = ssl.create_default_context(cafile=env.get("AWS_CA_BUNDLE")) if base.startswith("https:") else None
access, secret, token = credentials()
wanted = zip(*[iter(open(asked).read().split())] * 2)

def work():
    for key, path in wanted:
        try:
            fetch(key, path)
        except Exception:
            pass

for _ in range(8):
    threading.Thread(target=work).start()
' "$bucket" "$region" "$most_bytes" "$work/.asked" </dev/null >/dev/null 2>&1 9>&-
  while read -r _ arrived; do [ ! -e "$arrived.came" ] || return 0; done <"$work/.asked"
  : >"$work/.one-by-one"
}

# get_object KEY FILE: prints only errors
get_object() {
  [ ! -e "$2.came" ] || { mv "$2.came" "$2" && return; }
  at_most 60
  timeout $kill_after "$at_most" aws s3api get-object --region "$region" --cli-connect-timeout 5 --cli-read-timeout 20 \
    --bucket "$bucket" --key "$1" --range "bytes=0-$most_bytes" "$2" >"$2.error" 2>&1 </dev/null 9>&- && return
  cat "$2.error"
  return 1
}

# read_list: as $names, what groups/<group>.json lists and this host lacks, each with its line of the list for a pointer. A
# version that is newer here than there came by a command.
read_list() {
  list=$work/.list
  echo "groups/$group.json $list" >"$work/.asked"
  error=$(most_bytes=4194303 && get_at_once && get_object "groups/$group.json" "$list") || refuse_error fetch-failed "groups/$group.json"
  sed -n 's/^{"name":"\([a-z0-9._-]*\)","version":"\([0-9A-Za-z-]*\)",.*/\1 \2/p' "$list" >"$list.versions"
  while read -r listed listed_version; do
    is_lineage_name "$listed" && [ ! -e "$work/$listed" ] && lacks "$listed" "$listed_version" || continue
    mkdir "$work/$listed"
    line_of "$listed" >"$work/$listed/pointer.json"
    if is_older "$listed" "$listed_version" && ! is_put_back_to "$listed" "$listed_version"; then
      # shellcheck disable=SC2115
      rm -rf "$work/$listed"
      continue
    fi
    names="$names$listed "
  done <"$list.versions"
}

line_of() { grep -F -m 1 "{\"name\":\"$1\"," "$list"; }

# is_older NAME VERSION: than what is installed
is_older() {
  installed_link "$1"
  [ -n "$link" ] && [ "$link" != "../archive/$1/$2" ] &&
    [ "$(printf '%s\n' "$link" "../archive/$1/$2" | sort | tail -n 1)" = "$link" ]
}

# is_put_back_to NAME VERSION: by the pointer. Who can write the list cannot write that, and could bring back a key that leaked.
is_put_back_to() {
  get_object "live/$1.json" "$work/$1/pointer.json" >/dev/null || return
  tr -d '\n' <"$work/$1/pointer.json" >"$work/$1/pointer"
  [ "$(pointer_field "$1" version)" = "$2" ] && is_put_back "$1"
}

# lacks NAME VERSION: also where a run was killed, and where nothing served it when it was installed: perhaps something does now.
# Where hosts have windows, only where there is nothing, or what is there is over, or has only to be looked at.
lacks() {
  installed_link "$1"
  remembered "$1" not-served
  unserved=$remembered
  remembered "$1" previous
  if [ "$new_hosts_only" = true ]; then
    has_valid "$1" || return 0
    [ "$link" = "../archive/$1/$2" ] && [ -z "$remembered" ] && [ -n "$unserved" ]
    return
  fi
  [ -z "$remembered$unserved" ] && [ -e "$root/live/$1/privkey.pem" ] || return 0
  [ "$link" != "../archive/$1/$2" ] || return
  ! is_older "$1" "$2" || line_of "$1" | grep -Eq "$put_back"
}

has_valid() {
  [ -e "$root/live/$1/privkey.pem" ] && [ -f "$root/live/$1/fullchain.pem" ] &&
    timeout 5 head -c 65536 "$root/live/$1/fullchain.pem" | SSL_CERT_FILE=/ openssl x509 -noout -checkend 0 >/dev/null 2>&1
}

# fetch_pointers FUNCTION NAME...: runs it for each, with what came at once
fetch_pointers() {
  each_pointer=$1
  shift
  for pointed in "$@"; do echo "live/$pointed.json $work/$pointed/pointer.json"; done >"$work/.asked"
  get_at_once
  in_parallel "$each_pointer" "$@"
}

fetch_pointer() {
  ! is_late || give_up "$1" out-of-time "no time was left to fetch it; the next check sends it again" || return
  error=$(get_object "live/$1.json" "$work/$1/pointer.json") && return
  reason=$(reason_of_error "$error" fetch-failed)
  [ "$reason" != object-missing ] || reason=pointer-missing
  give_up "$1" "$reason" "live/$1.json: $error"
}

# pointer_field NAME FIELD: of the pointer as one line
pointer_field() { sed -n 's/.*"'"$2"'": *"\([^"]*\)".*/\1/p' "$work/$1/pointer"; }

# With few programs: there may be hundreds of certificates.
read_pointer() {
  tr -d '\n' <"$work/$1/pointer.json" >"$work/$1/pointer"
  awk 'function take(pattern) { return match($0, pattern) ? substr($0, RSTART, RLENGTH) : "" }
    {
      for (i = split("version serial fullchain privkey", fields, " "); i > 0; i--) {
        field = take("\"" fields[i] "\": *\"[^\"]*\""); sub(/^"[a-z]*": */, "", field); gsub(/"/, "", field); found[i] = field
      }
      for (i = split("names serverNames", lists, " "); i > 0; i--) {
        list = take("\"" lists[i] "\": *\\[[^]]*\\]"); sub(/^[^[]*\[/, "", list); gsub(/[]" ]/, "", list); gsub(/,/, " ", list); of[i] = list
      }
    }
    END { for (i = 1; i <= 4; i++) print found[i]; print of[1]; print of[2] }' "$work/$1/pointer" >"$work/$1/read"
  { for field in version serial fullchain privkey names server-names; do IFS= read -r value && note "$1" "$field" "$value"; done; } <"$work/$1/read"
  dns_name='([*][.])?[a-z0-9_-]+([.][a-z0-9_-]+)*'
  dns_names="$dns_name( $dns_name)*"
  [ "$(sed '1s/^/version /; 2s/^/serial /; 3,4s/^/hash /; 5s/^/names /; 6s/^/server-names /' "$work/$1/read" | grep -Ecx -e "version [0-9]{8}T[0-9]{6}Z-[0-9a-z]{1,16}
serial [0-9A-Fa-f]{1,64}
hash [0-9a-f]{64}
names $dns_names
server-names ($dns_names)?")" = 6 ] || {
    for field in version serial; do note "$1" "$field" ''; done
    give_up "$1" pointer-malformed "live/$1.json is not a pointer this script understands" || return
  }
  awk -v most="$most_server_names" 'NR > 4 { for (i = 1; i <= NF && (NR == 5 || i <= most); i++) if ($i !~ /[*]/) print $i }' "$work/$1/read" | sort -u >"$work/$1/candidates"
}

# A version that is older than the installed one may be a planted pointer to a key that leaked.
check_order() {
  fact "$1" version
  is_older "$1" "$fact" && ! is_put_back "$1" || return 0
  give_up "$1" version-older "live/$1.json names $fact, and $(basename "$link") is installed here: if the older one was put back on purpose, add putBack: true to live/$1.json"
}

# installed_link NAME: as $link, if that leads to a version; so two of one name stand in the order of their versions
installed_link() {
  link=$(readlink "$root/live/$1")
  case $link in *[!A-Za-z0-9._/-]* | "../archive/$1/"*/*) ;; "../archive/$1/"[0-9]???????T??????Z-*) return ;; esac
  link=''
}

is_put_back() { grep -Eq "$put_back" "$work/$1/pointer"; }
put_back='"putBack": *true *[,}]'

# folders_of NAME: $fetched, where its files are checked, and $version_folder, where they are written then
folders_of() {
  fact "$1" version
  fetched=$work/$1/files version_folder=$root/archive/$1/$fact
}

is_plain_file() { [ ! -L "$1" ] && [ -f "$1" ]; }

has_its_hashes() {
  for hashed in fullchain privkey; do
    fact "$2" $hashed
    [ -f "$1/$hashed.pem" ] && [ "$(sha256sum <"$1/$hashed.pem")" = "$fact  -" ] || return
  done
}

# copy_installed NAME: what is in its version's folder already
copy_installed() {
  folders_of "$1"
  mkdir -p "$fetched"
  is_plain_file "$version_folder/fullchain.pem" && is_plain_file "$version_folder/privkey.pem" || return
  for file in fullchain privkey; do timeout 5 head -c 262144 "$version_folder/$file.pem" >"$fetched/$file.pem"; done
  has_its_hashes "$fetched" "$1"
}

# fetch_object NAME/FILE
fetch_object() {
  split_object "$1"
  error=$(get_object "$key" "$object_target") ||
    give_up "$object_name" "$(reason_of_error "$error" fetch-failed)" "$key: $error"
}

split_object() {
  IFS=/ read -r object_name object_file <<EOF
$1
EOF
  folders_of "$object_name"
  key=archive/$object_name/$fact/$object_file object_target=$fetched/$object_file
}

fetch_versions() {
  objects=''
  for wanted in $(open_names); do
    copy_installed "$wanted" && continue
    objects="$objects $wanted/fullchain.pem $wanted/privkey.pem"
    folders_of "$wanted"
    for file in fullchain privkey; do echo "archive/$wanted/$fact/$file.pem $fetched/$file.pem"; done
  done >"$work/.asked"
  get_at_once
  in_parallel fetch_object $objects
  in_parallel check_version $(open_names)
}

# fullchain.pem is cert.pem and then chain.pem.
check_version() {
  folders_of "$1"
  version=$fact
  has_its_hashes "$fetched" "$1" ||
    give_up "$1" hash-mismatch "archive/$1/$version/ does not have the hashes in live/$1.json" || return
  sed '/-----END CERTIFICATE-----/q' "$fetched/fullchain.pem" >"$fetched/cert.pem"
  sed '1,/-----END CERTIFICATE-----/d' "$fetched/fullchain.pem" >"$fetched/chain.pem"
  check_certificate "$1" "$fetched" && note "$1" fingerprint "$(fingerprints <"$fetched/cert.pem")"
}

is_installed() {
  folders_of "$1"
  for file in cert chain fullchain privkey; do
    is_plain_file "$version_folder/$file.pem" &&
      [ "$(timeout 5 head -c 262144 "$version_folder/$file.pem")" = "$(cat "$fetched/$file.pem")" ] || return
  done
}

# In archive/, a new folder is filled and then renamed.
write_version() {
  plan_access "$1" || return
  error=$([ -d "$root/archive/$1" ] || in_folder archive make_folder "$1") && error=$(open_folders "$1") && error=$(in_folder "archive $1" write_here "$1") || give_up_for "$1" "$error"
}

open_folders() {
  [ -e "$work/$1/opens" ] || return 0
  for above in live archive "archive $1"; do in_folder "$above" open_folder "$1" || return; done
}

# Runs in the lineage's folder of archive/. The notes there are of releases that kept them there.
write_here() {
  [ ! -e .previous ] && [ ! -e .not-served ] || rm -f .previous .not-served
  ! is_installed "$1" || return 0
  rm -rf .incoming && mkdir .incoming && in_folder "archive $1 .incoming" write_files "$1" || return
  fact "$1" version
  rm -rf "./$fact" && mv -T .incoming "./$fact" || { rm -rf .incoming && false; }
}

# With noclobber the file is made new, whatever somebody may have put in its place, and the umask gives it its mode.
write_files() {
  set -C
  for file in cert chain fullchain privkey; do
    read -r _ bits _ <"$work/$1/access.$file" && octal $((0777 & ~0$bits)) && umask "$octal"
    cat "$work/$1/files/$file.pem" >"./$file.pem" && give_access "$1" "$file" "./$file.pem" || return
  done
  set +C
  give_access "$1" folder . || return
  sync ./*.pem . 2>/dev/null || :
}

# --- who may read it ------------------------------------------------------------------------
# Whoever could read the version before, as a web server that is not root does, can read the new one: owner, group, modes,
# access lists and SELinux's labels are carried over, as certbot does. Where only root could, the host group's keyGroup and
# keyMode say who may. Nobody but root ever gets the right to write.

# plan_access NAME: for each file, and the folder: owner, mode and a reference
plan_access() {
  planned=$1
  shift
  live=$(readlink -f "$root/live/$planned")
  known=''
  for file in cert chain fullchain privkey; do
    note "$planned" "access.$file" '0:0 600 -'
    old=$live/$file.pem
    [ ! -L "$old" ] || old=$(readlink -f "$old")
    case $old in *"$newline"*) ;; "$root_path"/*) [ -f "$old" ] && set -- "$@" "$old" && known="$known$file " ;; esac
  done
  note "$planned" access.folder '0:0 700 -'
  case $known in *privkey*) set -- "$@" "$(dirname "$old")" && known="$known folder" ;; esac
  [ $# = 0 ] || error=$(carry_access "$@" 2>&1) || give_up_for "$planned" "$error" || return
  fact "$planned" access.privkey
  case $fact in '0:'*' '[46]'00 '*) plan_settings "$planned" ;; esac
}

# carry_access REFERENCE...: of $known
carry_access() {
  stat -c '%u:%g %a' "$@" >"$work/$planned/access" || return
  case "$newline$(ls -ld "$@")" in *"$newline"??????????+*) note "$planned" lists yes ;; esac
  for file in $known; do
    read -r owner bits
    most=0644
    [ "$file" != folder ] || most=0755
    octal $((0$bits & most))
    note "$planned" "access.$file" "$owner $octal $1"
    shift
  done <"$work/$planned/access"
}

# octal NUMBER: a mode's three digits
octal() { octal=$(($1 >> 6))$(($1 >> 3 & 7))$(($1 & 7)); }

plan_settings() {
  key_bits=$key_mode
  [ -n "$key_bits" ] || { [ -n "$key_group" ] && key_bits=640 || return 0; }
  readers=$((0$key_bits & 0044))
  group_id=0
  octal $((0700 | readers | readers >> 2))
  [ -z "$key_group" ] || group_id=$(group_id_of "$key_group") ||
    give_up "$1" bad-parameter "keyGroup: there is no group $key_group on this host" || return
  note "$1" access.privkey "0:$group_id $key_bits -"
  for file in cert chain fullchain; do note "$1" "access.$file" "0:$group_id 644 -"; done
  # Who may read may enter.
  note "$1" access.folder "0:$group_id $octal -"
  note "$1" opens yes
}

group_id_of() {
  case $1 in *[!0-9]*) ;; *) echo "$1" && return ;; esac
  { getent group "$1" 2>/dev/null || grep "^$1:" /etc/group; } | cut -d : -f 3 | head -n 1 | grep .
}

# give_access NAME WHAT PATH: of what is open here, or was made here; follows no link
give_access() {
  fact "$1" "access.$2"
  lists=$work/$1/lists
  set -- "$3" $fact
  chown -h "$2" "$1" && { [ "$1" != . ] || chmod "$3" .; } || return
  [ "$4" != - ] || return 0
  [ ! -e /sys/fs/selinux/enforce ] || chcon -h --reference="$4" "$1" 2>/dev/null || :
  [ ! -e "$lists" ] || case $(ls -ld "$4") in ??????????+*) carry_access_list "$4" "$1" ;; esac
}

# Only with -R does setfacl not follow a link.
carry_access_list() {
  { command -v setfacl >/dev/null && getfacl -cp "$1" | setfacl -R -P --set-file=- "$2" && setfacl -R -P -m m::rX "$2"; } 2>/dev/null ||
    { echo "unsafe readers-lost $1 has an access list that cannot be carried over: install the package acl" && return 1; }
}

# open_folder NAME: a folder above that nobody but root could enter so far
open_folder() {
  case $(stat -c '%u %a' .) in '0 700') give_access "$1" folder . ;; esac
}

check_certificate() {
  SSL_CERT_FILE=/ openssl x509 -in "$2/cert.pem" -noout -pubkey -dates -text >"$work/$1/certificate" 2>/dev/null
  key_of_file=$(openssl pkey -in "$2/privkey.pem" -pubout 2>/dev/null)
  key_of_certificate=$(sed -n '/BEGIN PUBLIC/,/END PUBLIC/p' "$work/$1/certificate")
  [ -n "$key_of_file" ] && [ "$key_of_file" = "$key_of_certificate" ] ||
    give_up "$1" key-mismatch "the private key of version $version is not the certificate's" || return
  # OpenSSL 1.0.2 has no -ext.
  covered="$(sed -n '/Subject Alternative Name/{n;s/,//g;p;}' "$work/$1/certificate") "
  fact "$1" names
  uncovered=''
  set -f
  for name in $fact; do case $covered in *" DNS:$name "*) ;; *) uncovered="$uncovered$name " ;; esac done
  set +f
  [ -z "$uncovered" ] || give_up "$1" names-mismatch "the certificate does not cover $uncovered" || return
  note "$1" signatures "$(signatures_of "$work/$1/certificate")"
  check_dates "$1"
}

# The signature algorithms of a client that accepts only the certificate's kind of key.
signatures_of() {
  case $(sed -n 's/^ *Public Key Algorithm: *//p' "$1") in
    id-ecPublicKey) echo ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512 ;;
    rsaEncryption) echo RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512:RSA+SHA256:RSA+SHA384:RSA+SHA512 ;;
  esac
}

check_dates() {
  case $(past_dates <"$work/$1/certificate") in
    *notAfter*) give_up "$1" expired "the certificate expired on $(date_of "$1" notAfter), this host's clock says $(date -u)" ;;
    notBefore*) ;;
    *) give_up "$1" not-yet-valid "the certificate is valid from $(date_of "$1" notBefore), this host's clock says $(date -u): is the clock wrong?" ;;
  esac
}

date_of() { sed -n "s/^$2=//p" "$work/$1/certificate"; }

# past_dates: which of 'notBefore=Nov 20 22:10:04 2026 GMT' and notAfter are; not every date reads that
past_dates() {
  awk -F '[=: ]+' -v now="$(date -u +%Y%m%d%H%M%S)" '/^not(Before|After)=/ {
    month = (index("JanFebMarAprMayJunJulAugSepOctNovDec", $2) + 2) / 3
    if (sprintf("%04d%02d%02d%02d%02d%02d", $7, month, $3, $4, $5, $6) <= now) print $1
  }'
}

# --- over TLS -------------------------------------------------------------------------------

# fingerprints: of the first certificate in what it reads, or in each file that head prints. The Base64 of it tells one from
# another as a hash does, and needs no openssl, which takes as long to start as ten of these.
fingerprints() {
  awk '/^==> / { if (inside) print ""; inside = seen = 0 }
    inside && /^-----END/ { print ""; inside = 0; seen = 1 }
    inside { gsub(/[\r ]/, ""); printf "%s", $0 }
    /^-----BEGIN CERTIFICATE-----/ && !seen { inside = 1 }'
}

# find_endpoints: where the port is listened to, and where containers have it, as ADDRESS:PORT; not where packets are swallowed,
# as at the address that a container has in a network of its own
find_endpoints() {
  {
    if [ -n "$address" ]; then
      echo "$address $port"
    else
      listened_to
      [ "$reload" != container ] || container_ips
    fi
  } | awk 'NF == 2 { print ($1 ~ /:/ ? "[" $1 "]" : $1) ":" $2 }' | sort -u | head -n "$most_endpoints" >"$work/.found"
  [ -s "$work/.found" ] || echo "127.0.0.1:$port" >"$work/.found"
  : >"$work/.endpoints"
  in_parallel keep_endpoint $(cat "$work/.found")
}

keep_endpoint() {
  case $1 in 127.0.0.1:* | '[::1]:'*) ;; *) knock "$1" | grep -q connect ;; esac && echo "$1" >>"$work/.endpoints"
}

# knock ENDPOINT: what openssl says of it at once: SSL_connect where it is connected, connect:errno where it is refused, else
# nothing, though BusyBox's shell may say "Terminated". Its CONNECTED waits in a buffer, and is lost where time is up.
knock() { SSL_CERT_FILE=/ timeout 2 openssl s_client -state -connect "$1" </dev/null 2>&1 >/dev/null; }

# What listens everywhere is asked on the loopback address.
listened_to() {
  { ss -Hltn "sport = :$port" || netstat -ltn; } 2>/dev/null |
    awk -v port="$port" '$1 ~ /LISTEN|tcp/ && $4 ~ ":" port "$" {
      sub(":" port "$", "", $4); gsub(/[][]|%.*/, "", $4)
      print ($4 ~ /^(\*|0\.0\.0\.0)$/ ? "127.0.0.1" : $4 == "::" ? "::1" : $4), port
    }'
}

# Their own, with the port in the container that is published as the host's; in the host's network they have none.
container_ips() {
  find_containers || return 0
  for asked_one in $containers; do
    awk -v port="$port" -F '"' '
      /"[0-9]+\/tcp": *\[/ { inner = $2; sub("/tcp", "", inner) }
      /"HostPort":/ && $4 == port { published = inner }
      /"(IPAddress|GlobalIPv6Address)":/ && $4 != "" { own[$4] }
      END { for (ip in own) print ip, published == "" ? port : published }
    ' "$work/.container.$asked_one.json"
  done
}

# shake_hands ENDPOINT SERVERNAME OPTION...: prints the fingerprint of the certificate that is served there
shake_hands() {
  endpoint=$1
  server_name=$2
  shift 2
  hear openssl s_client -connect "$endpoint" -servername "$server_name" "$@"
}

# hear COMMAND...: prints the fingerprint in what it prints. Where it hears nothing, no other question waits in this round.
hear() {
  [ ! -e "$work/.silent/$endpoint" ] || return 0
  {
    SSL_CERT_FILE=/ timeout 5 "$@" </dev/null 2>/dev/null
    case $? in 124 | 143) : >"$work/.silent/$endpoint" ;; esac
  } | head -c 65536 | fingerprints
}

# shake_hands_by_proxy ENDPOINT SERVERNAME [KIND]: as from a load balancer that speaks the PROXY protocol, version 1; openssl
# cannot. KIND is the only kind of key that is accepted; before TLS 1.3 the cipher says it.
shake_hands_by_proxy() {
  [ -n "$python" ] || return 0
  hear "$python" -I -c '
import socket, ssl, sys
address, port = sys.argv[1].rsplit(":", 1)
plain = socket.create_connection((address.strip("[]"), int(port)))
plain.sendall(b"PROXY UNKNOWN\r\n")
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
if sys.argv[3:]:
    context.options |= getattr(ssl, "OP_NO_TLSv1_3", 0)
    context.set_ciphers("a" + sys.argv[3])
served = context.wrap_socket(plain, server_hostname=sys.argv[2]).getpeercert(True)
print(ssl.DER_cert_to_PEM_cert(served))' "$@"
}

# A server block may have an RSA and an ECDSA certificate, each its own lineage. It shows the one whose kind of
# key is all that the client accepts. Without an answer, a second try accepts all: the kind of key may have changed.
# ask NAME/SERVERNAME/ENDPOINT: notes the fingerprint, or nothing
ask() {
  IFS=/ read -r asked_name server_name endpoint <<EOF
$1
EOF
  answers=$work/$asked_name/answers/$server_name
  [ -d "$answers" ] || mkdir -p "$answers"
  set -- "$endpoint" "$server_name"
  answer=''
  ! is_late || return
  [ ! -e "$work/.closed/$endpoint" ] || { : >"$answers/$endpoint" && return; }
  fact "$asked_name" signatures
  signatures=$fact
  if [ "$proxy_protocol" != true ]; then
    [ -z "$signatures" ] || answer=$(shake_hands "$@" -sigalgs "$signatures")
    [ -n "$answer" ] || answer=$(shake_hands "$@")
  fi
  if [ "$proxy_protocol" != false ] && [ -z "$answer" ]; then
    [ -z "$signatures" ] || answer=$(shake_hands_by_proxy "$@" "$(echo "$signatures" | grep -o '^[A-Z]*')")
    [ -n "$answer" ] || answer=$(shake_hands_by_proxy "$@")
  fi
  printf '%s\n' "$answer" >"$answers/$endpoint"
}

# note_questions NAME: SERVERNAME/ENDPOINT for each
note_questions() {
  fact "$1" candidates
  for candidate in $fact; do
    while IFS= read -r endpoint; do echo "$candidate/$endpoint"; done <"$work/.endpoints"
  done | sort >"$work/$1/questions"
}

# names_in FACT-FILE: of questions
names_in() { cut -d / -f 1 "$1" 2>/dev/null | sort -u; }

ask_all() {
  questions=''
  for asked_for in "$@"; do
    while IFS= read -r question; do questions="$questions $asked_for/$question"; done <"$work/$asked_for/questions"
  done
  set -- $questions
  rm -rf "$work/.silent" && mkdir "$work/.silent"
  [ $# -le 4 ] || note_closed
  in_parallel ask "$@"
}

# By the list, on a new host, nobody waits for a server that is not there yet.
is_all_closed() {
  note_closed
  while IFS= read -r endpoint; do [ -e "$work/.closed/$endpoint" ] || return; done <"$work/.endpoints"
}

# note_closed: the endpoints that take no connection, so that not each name is asked for in vain there
note_closed() {
  rm -rf "$work/.closed" && mkdir "$work/.closed"
  while IFS= read -r endpoint; do
    knock "$endpoint" | grep -q '^SSL_connect' || : >"$work/.closed/$endpoint"
  done <"$work/.endpoints"
}

# Each certificate of this lineage that Nginx may have in memory; of certbot's own, the newest five.
lineage_fingerprints() {
  lineage=$1 live_pem=$root/live/$1/fullchain.pem
  set --
  for pem in "$root/archive/$lineage"/*/fullchain.pem; do
    set -- "$@" "$pem"
    [ ! "$pem" -ef "$live_pem" ] || live_pem=''
  done
  fingerprints_of "$@" "$live_pem"
  set -- "$root/live/$lineage.before-perennial/fullchain.pem" "$root/archive/$lineage"/fullchain*.pem
  [ -e "$1" ] || [ -e "$2" ] || return 0
  # shellcheck disable=SC2012
  ls -t "$@" 2>/dev/null | head -n 5 | while read -r pem; do fingerprints_of "$pem"; done
}

# fingerprints_of FILE...: a pipe or a device in the place of one would hold up the run. Certbot's own are links.
fingerprints_of() {
  for pem; do
    shift
    [ ! -f "$pem" ] || set -- "$@" "$pem"
  done
  [ $# = 0 ] || timeout 5 head -c 65536 "$@" | fingerprints
}

# questions_that_get NAME FINGERPRINTS: prints the questions whose last answer is among them, in order
questions_that_get() {
  while IFS= read -r question; do
    fact "$1" "answers/$question"
    case " $2 " in *" $fact "*) [ -z "$fact" ] || echo "$question" ;; esac
  done <"$work/$1/questions"
}

note_before() {
  find_endpoints
  for looked_at in $(open_names); do note_questions "$looked_at"; done
  ask_all $(open_names)
  for looked_at in $(open_names); do
    lineage_fingerprints "$looked_at" >"$work/$looked_at/lineage"
    questions_that_get "$looked_at" "$(tr '\n' ' ' <"$work/$looked_at/lineage")" >"$work/$looked_at/before"
  done
}

# Wherever this lineage was served before, the new one must be. If it was nowhere, one place is enough.
serves_new() {
  fact "$1" fingerprint
  questions_that_get "$1" "$fact" >"$work/$1/served"
  if [ -s "$work/$1/before" ]; then
    [ -z "$(comm -23 "$work/$1/before" "$work/$1/served")" ]
  else
    [ -s "$work/$1/served" ]
  fi
}

# wait_until_served NAME...: asks until all serve the new one, or time is up
wait_until_served() {
  waiting="$*"
  now
  started=$now
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
    [ -z "$group" ] || ! is_all_closed || break
    ! is_late && [ $((now - started)) -lt "$limit_s" ] || break
    [ -z "$waiting" ] || sleep "$pause"
    case $pause in 0.05) pause=0.1 ;; 0.1) pause=0.3 ;; *) pause=1 ;; esac
  done
}

# Whether it is a failure that the certificate is not served: it is where this lineage was served before, or is now from some
# other file. What else answers, there or at another address, says nothing about this certificate.
expects_service() { [ -s "$work/$1/before" ] || [ -n "$(questions_that_get "$1" "$(older_fingerprints "$1")")" ]; }

# Of those that were there before it.
older_fingerprints() { fact "$1" fingerprint && grep -Fvx "$fact" "$work/$1/lineage" | tr '\n' ' '; }

# --- the link -------------------------------------------------------------------------------

# is_current NAME; $target is where the link leads then
is_current() {
  fact "$1" version
  target=../archive/$1/$fact
  link=$(readlink "$root/live/$1")
  [ "$link" = "$target" ]
}

# Remembered before the swap, so that the next run can go back after a killed one.
note_previous() {
  live=$root/live/$1
  remembered "$1" previous
  previous=$remembered
  is_current "$1" && was_current=yes || was_current=no
  [ -n "$previous" ] || if [ "$was_current" = yes ]; then
    previous=current
  elif [ -L "$live" ]; then
    previous=$link
  elif [ -d "$live" ] || [ -d "$live.before-perennial" ]; then
    previous=before-perennial
  else
    previous=none
  fi
  note "$1" previous "$previous"
  [ "$was_current" = yes ] || remember "$1" previous "$previous"
}

# The commands of a swap run in live/ or renewal/, through in_folder.
point_link() { rm -rf "./.$1.new" && ln -s "$2" "./.$1.new" && mv -T "./.$1.new" "./$1"; }

# exchange A B: at one instant, so that a server that opens its files at each handshake finds them at any time. Fails where
# neither mv (coreutils 9.5) nor the C library (glibc 2.28) can.
exchange() {
  mv --exchange -T "$1" "$2" 2>/dev/null || "$python" -I -c '
import ctypes, sys
a, b = (name.encode() for name in sys.argv[1:])
sys.exit(ctypes.CDLL(None).renameat2(-100, a, -100, b, 2) != 0)' "$1" "$2" 2>/dev/null
}

# Certbot's own folder is renamed, never emptied.
put_link_for_folder() {
  rm -f "./.$1.new" && ln -s "$2" "./.$1.new" || return
  exchange "./.$1.new" "./$1" || mv -T "./$1" "./$1.before-perennial" || return
  finish_exchange "$1"
}

put_folder_for_link() {
  exchange "./$1.before-perennial" "./$1" || { rm -f "./$1" && mv -T "./$1.before-perennial" "./$1"; } || return
  finish_exchange "$1"
}

# What a run that was killed in the midst of an exchange left, too.
finish_exchange() {
  if [ -d "./.$1.new" ] && [ ! -L "./.$1.new" ]; then mv -T "./.$1.new" "./$1.before-perennial" || return; fi
  # Where the two could not be exchanged, nobody finds the files until this.
  if [ -L "./.$1.new" ] && [ ! -e "./$1" ]; then mv -T "./.$1.new" "./$1" || return; fi
  [ ! -L "./$1.before-perennial" ] || rm -f "./$1.before-perennial"
}

# Its renewal configuration is hidden from certbot. A run may be killed between the two, so each is done only where it is not
# done yet.
move_certbot_aside() {
  [ -L "$root/live/$1" ] || [ ! -d "$root/live/$1" ] || in_folder live put_link_for_folder "$1" "$target" || return
  [ ! -f "$root/renewal/$1.conf" ] || in_folder renewal mv -T "./$1.conf" "./$1.conf.before-perennial" || return
  note "$1" aside " The old live/$1 is now live/$1.before-perennial, and certbot no longer renews it."
}

# prepare NAME: all but the swap; several at once, as each waits for its disk
prepare() {
  error=$(in_folder live finish_exchange "$1") || give_up_for "$1" "$error" || return
  ! is_late || give_up "$1" out-of-time "no time was left to install it; nothing was changed, and the next check sends it again" || return
  ! in_the_way "$root/live/$1" ||
    give_up "$1" live-in-the-way "live/$1 is neither a link nor a folder that can become live/$1.before-perennial; move it away" ||
    return
  write_version "$1"
}

swap() {
  [ ! -e "$work/$1/outcome" ] || return
  error=$(note_previous "$1" 2>&1) ||
    give_up "$1" "$(reason_of_error "$error" permission-denied)" "$error" || return
  is_current "$1" || note "$1" changed yes
  # A run that was killed may have left the link current, and certbot at work.
  fact "$1" previous
  error=$({ [ "$fact" != before-perennial ] || move_certbot_aside "$1"; } 2>&1 &&
    { is_current "$1" || in_folder live point_link "$1" "$target"; }) && return
  swap_back "$1" >/dev/null 2>&1
  give_up_for "$1" "$error"
}

in_the_way() {
  [ -e "$1" ] && [ ! -L "$1" ] && { [ ! -d "$1" ] || [ -e "$1.before-perennial" ]; }
}

# If it fails, what is remembered stays for the next run.
swap_back() {
  fact "$1" previous
  case $fact in
    current) return ;;
    none) in_folder live rm -f "./$1" || return ;;
    before-perennial) move_certbot_back "$1" || return ;;
    *) in_folder live point_link "$1" "$fact" || return ;;
  esac
  forget "$1" previous
}

move_certbot_back() {
  rm -f "$work/$1/aside"
  [ ! -d "$root/live/$1.before-perennial" ] || in_folder live put_folder_for_link "$1" || return
  [ ! -f "$root/renewal/$1.conf.before-perennial" ] || in_folder renewal mv -T "./$1.conf.before-perennial" "./$1.conf"
}

# Keeps the newest versions and the one that the link points to.
remove_old_versions() { in_folder "archive $1" remove_old_here "$1" >/dev/null; }

remove_old_here() {
  # shellcheck disable=SC2012
  ls -d [0-9]*T[0-9]*Z-* | sort -r | tail -n "+$((kept_versions + 1))" | while read -r old; do
    [ "$(readlink "$root/live/$1")" = "../archive/$1/$old" ] || rm -rf "./$old"
  done
}

# --- reload ---------------------------------------------------------------------------------
# A reload fails with status 1 when the new files or the configuration are refused (swap back), and
# with 2 when there is nothing to reload now (keep the new files for when it is back).

reload_all() {
  reloaded_at=$(date +%s)
  case $reload in
    container) reload_containers ;;
    service) reload_service ;;
    hooks) run_hooks "$@" ;;
  esac
}

# The containers that run now, as $containers: by name; else by compose service, of the project that is named; else by label.
find_containers() {
  because container-engine-missing 'neither docker nor podman is installed on this host'
  engines >"$work/.engines"
  while read -r engine; do
    containers=''
    if error=$(inspect "$container"); then containers=$container && return; fi
    containers=$(find_by_label)
    if [ -n "$containers" ]; then inspect_all && return || continue; fi
    why_reason=container-not-found
    case $error in
      *[Cc]annot\ connect* | *'permission denied'*) [ "$engine" = podman ] || why=$error ;;
      *) why="there is no container $container here, no compose service or ECS task of that name, and none with the label perennial.reload=nginx" ;;
    esac
  done <"$work/.engines"
  return 2
}

# engines: root's, then podman as each user whose containers run without root; nothing of root's environment, which may have
# credentials, is for them
engines() {
  for engine in docker podman nerdctl; do ! command -v "$engine" >/dev/null || echo "$engine"; done
  command -v podman >/dev/null || return 0
  stat -c %u $(grep -lx conmon /proc/[0-9]*/comm 2>/dev/null) 2>/dev/null | sort -u | grep -vx 0 |
    while read -r user_id; do
      awk -F : -v id="$user_id" '$3 == id && $1 ~ /^[a-z_][a-z0-9_-]*$/ && $6 ~ /^[A-Za-z0-9_.\/-]+$/ {
        print "env -i PATH=" ENVIRON["PATH"], "runuser -u", $1, "-- env HOME=" $6, "XDG_RUNTIME_DIR=/run/user/" id, "podman"
      }' /etc/passwd
    done
}

# By the labels of docker compose and of the ECS agent; PROJECT/SERVICE and FAMILY/CONTAINER are of those two.
find_by_label() {
  compose=com.docker.compose
  ecs=com.amazonaws.ecs
  part=$(basename "$container")
  case $container in
    */*)
      whole=$(dirname "$container")
      set -- "$compose.service=$part --filter label=$compose.project=$whole" "$ecs.container-name=$part --filter label=$ecs.task-definition-family=$whole"
      ;;
    *) set -- "$compose.service=$part" "$ecs.task-definition-family=$part" "$ecs.container-name=$part" ;;
  esac
  for labels in "$@" perennial.reload=nginx; do
    for all in '' --all; do
      found=$(limited 30 $engine ps $all --quiet --filter label=$labels | grep -E '^[0-9a-f]{12,64}$')
      [ -z "$found" ] || { printf '%s\n' "$found" && return; }
    done
  done
}

# inspect CONTAINER: keeps what the engine says of it, or prints its error; PROJECT/SERVICE is none
inspect() {
  case $1 in */*) return 1 ;; esac
  limited 30 $engine container inspect "$1" >"$work/.container.$1.json" && return
  cat "$work/.container.$1.json"
  rm -f "$work/.container.$1.json"
  return 1
}

inspect_all() {
  for inspected in $containers; do inspect "$inspected" >/dev/null || return; done
  [ "$(echo "$containers" | wc -w)" = 1 ] || leave_out_sidecars
}

# An ECS task has other containers beside Nginx's.
leave_out_sidecars() {
  with_nginx=''
  for inspected in $containers; do
    [ "$(container_field "$inspected" Status)" = running ] && [ -z "$(master_in "/proc/$(container_field "$inspected" Pid)")" ] || with_nginx="$with_nginx $inspected"
  done
  [ -z "$with_nginx" ] || containers=$with_nginx
}

# container_field CONTAINER FIELD: of its state
container_field() { sed -e 's/.*"'"$2"'": "*\([a-z0-9]*\)"*,*$/\1/; t found' -e 'd; :found' -e q "$work/.container.$1.json"; }

stopped_container() {
  for looked_at in $containers; do
    [ "$(container_field "$looked_at" Status)" = running ] || { echo "$looked_at" && return; }
  done
}

# A container that restarts may be back in a moment.
wait_for_containers() {
  now
  wait_started=$now
  while find_containers || return 2; do
    stopped=$(stopped_container)
    [ -n "$stopped" ] || return 0
    because container-restarting "container $stopped is $(container_field "$stopped" Status), not running"
    now && [ $((now - wait_started)) -lt "$serve_limit_s" ] || return 2
    sleep 1
  done
}

# All are tested before one is reloaded.
reload_containers() {
  wait_for_containers || return 2
  for inside in $containers; do in_container nginx-test-failed -t || return; done
  for inside in $containers; do in_container reload-failed -s reload || return; done
}

# in_container REASON ARGUMENT...: of nginx
in_container() {
  refusal_reason=$1
  shift
  master=$(master_in "/proc/$(container_field "$inside" Pid)")
  output=$(as_started "$@") && return
  container_gone && return 2
  [ "$(echo "$containers" | wc -w)" = 1 ] || output="container $inside: $(first_error "$output")"
  refused_by_nginx "$refusal_reason" "$output"
}

container_gone() {
  find_containers || return 0
  stopped=$(stopped_container)
  [ -n "$stopped" ] || return 1
  because container-restarting "container $stopped stopped while it was asked to reload"
}

# master_in /proc/PID: the title of the Nginx master in the same PID namespace, of the user who runs what the container began with
master_in() {
  [ -e "$1/ns/pid" ] || return 0
  masters "$(stat -c %u "$1")" "$1" | while read -r _ title; do echo "$title" && break; done
}

# master_on_port: the title of root's that listens there, outside any container; root would run what another's says
master_on_port() {
  listeners=$(ss -Hltnp "sport = :$port" 2>/dev/null | grep -o 'pid=[0-9]*' | cut -d = -f 2 | tr '\n' ' ')
  masters 0 | while read -r pid title; do
    case " $listeners " in *" $pid "*) [ ! "/proc/$pid/root/" -ef / ] || { echo "$title" && break; } ;; esac
  done
}

# masters USER-ID [/proc/PID]: PID and title of each of that user's, in that PID namespace, on a line. Nginx writes how it was started behind "master process", and
# anybody can: who starts a program with the setuid bit gives its process a title too, and it is root's.
masters() {
  grep -la '^nginx: master process ' /proc/[0-9]*/cmdline 2>/dev/null | while IFS=/ read -r _ _ process _; do
    [ $# = 1 ] || [ "/proc/$process/ns/pid" -ef "$2/ns/pid" ] || continue
    [ "$(stat -c %u "/proc/$process" 2>/dev/null)" = "$1" ] && [ ! -u "/proc/$process/exe" ] || continue
    printf '%s %s\n' "$process" "$(head -c 4096 "/proc/$process/cmdline" | tr '\0\n' '  ')"
  done
}

# as_started ARGUMENT...: runs nginx, in $inside where that is a container, with the configuration, prefix and directives that
# its master was given
as_started() {
  program=''
  while IFS=' ' read -r option given; do
    case $option in
      -?) [ -z "$given" ] || set -- "$option" "$given" "$@" ;;
      *) program=$given ;;
    esac
  done <<EOF
$(printf '%s\n' "$master" | sed -n 'h; s/.*master process \(\/[^ ]*\).*/program \1/p
g; s/.* -g \(.*;\).*/-g \1/p
g; s/ -g .*;//; h; s/.* -e *\([^ ]*\).*/-e \1/p
g; s/.* -p *\([^ ]*\).*/-p \1/p
g; s/.* -c *\([^ ]*\).*/-c \1/p')
EOF
  if [ -n "$inside" ]; then
    [ -n "$program" ] || program=nginx
    limited 30 $engine exec "$inside" "$program" "$@"
  else
    limited 30 "$(command -v nginx || printf '%s' "$program")" "$@"
  fi
}

first_error() { printf '%s\n' "$1" | grep -m 1 -E 'emerg|alert|crit|error' || printf '%s' "$1"; }

refused_by_nginx() {
  because "$1" "$(first_error "$2")"
  return 1
}

reload_service() {
  inside=''
  master=$(master_on_port)
  command -v nginx >/dev/null || [ -n "$master" ] || { because nginx-missing 'there is no nginx on this host' && return 2; }
  output=$(as_started -t) || refused_by_nginx nginx-test-failed "$output" || return
  if systemctl is-active --quiet nginx 2>/dev/null; then
    output=$(limited 30 systemctl reload nginx)
  else
    output=$(as_started -s reload)
  fi && return
  refused_by_nginx reload-failed "$output"
  case $output in
    *'nginx.pid" failed'* | *'invalid PID'*) why_reason=nginx-not-running && return 2 ;;
    *) return 1 ;;
  esac
}

# What the master logged since the reload: it may reject what nginx -t accepts.
logged_refusal() {
  case $reload in
    container) for logged in $containers; do limited 10 $engine logs --since "$reloaded_at" "$logged"; done ;;
    service) limited 10 journalctl --quiet --unit nginx --since "@$reloaded_at" --output cat ;;
  esac 2>/dev/null | grep -E '\[(emerg|alert|crit)\]' | tail -n 1
}

is_hook() { [ -f "$1" ] && [ -x "$1" ]; }

has_hooks() {
  for hook in "$root"/renewal-hooks/deploy/*; do is_hook "$hook" && return; done
  return 1
}

# check_hooks NAME...: a program that somebody else can change would be run as root
check_hooks() {
  [ -d "$root/renewal-hooks" ] || return 0
  error=$(in_folder 'renewal-hooks' :) || { give_up_all "$error" "$@" && return; }
  [ -d "$root/renewal-hooks/deploy" ] || return 0
  look_at_containers
  writable=$(writable_mount)
  [ -z "$writable" ] || { give_up_all "unsafe hook-unsafe hooks are not run: a container can write to $writable; mount it read-only, with :ro" "$@" && return; }
  error=$(in_folder 'renewal-hooks deploy' check_hooks_here) || give_up_all "$error" "$@"
}

# Of those that root's engines run, for writable_mount: root in one of them would put hooks there for the host's root.
look_at_containers() {
  engines | grep -v ' ' >"$work/.engines"
  while read -r engine; do
    for running in $(limited 30 $engine ps --quiet | grep -E '^[0-9a-f]{12,64}$' | head -n 50); do
      inspect "$running" >/dev/null
    done
  done <"$work/.engines"
}

give_up_all() {
  trouble_of_all=$1
  shift
  for each do give_up_for "$each" "$trouble_of_all" || :; done
}

check_hooks_here() {
  for hook in *; do
    is_hook "./$hook" || continue
    target=$(readlink -f "./$hook")
    is_own_path "$target" || { echo "unsafe hook-unsafe $hook is not run: $why" && return 1; }
  done
}

# is_own_path PATH: root's, and writable by nobody else, like each folder on the way to it
is_own_path() { are_own "$1" "$1" && { [ "$1" = / ] || is_own_path "$(dirname "$1")"; }; }

# As certbot does: every hook in order, once per lineage, with the usual umask.
run_hooks() {
  for hooked in "$@"; do
    for hook in "$root"/renewal-hooks/deploy/*; do
      is_hook "$hook" || continue
      fact "$hooked" names
      output=$(
        umask 022
        RENEWED_LINEAGE=$root/live/$hooked RENEWED_DOMAINS=$fact
        export RENEWED_LINEAGE RENEWED_DOMAINS
        cd / && limited "$hook_limit_s" "$hook"
      ) && continue
      because hook-failed "$(basename "$hook") failed for $hooked: $(printf '%s\n' "$output" | tail -n 1)"
      return 1
    done
  done
}

# --- outcomes -------------------------------------------------------------------------------

settle_served() {
  forget "$1" previous
  forget "$1" not-served
  remove_old_versions "$1"
  served_now=$(names_in "$work/$1/served" | paste -s -d ' ' -)
  writable=$(writable_mount)
  fact "$1" aside
  if [ -n "$writable" ]; then
    [ "$reloaded" = yes ] && served_outcome=served || served_outcome=unchanged
    finish "$1" "$served_outcome" mounted-writable "it is served for $served_now; but a container can write to $writable: mount it read-only, with :ro.$fact"
  elif [ "$reloaded" = yes ]; then
    finish "$1" served new-certificate-served "the new certificate is served for $served_now.$fact"
  else
    finish "$1" unchanged already-served "this version was installed and is served for $served_now"
  fi
}

settle_unserved() {
  forget "$1" previous
  remember "$1" not-served yes
  remove_old_versions "$1"
  fact "$1" aside
  if [ -s "$work/$1/candidates" ]; then
    finish "$1" installed-not-served nothing-serves-it "installed; nothing on port $port serves it yet.$fact"
  else
    finish "$1" installed-not-served no-name-to-ask "installed; it has only wildcard names: give serverNames to have it checked.$fact"
  fi
}

# From the last answers.
explain_unserved() {
  ! is_late || { because out-of-time "no time was left to see whether it is served" && return; }
  if [ -s "$work/$1/before" ]; then cat "$work/$1/before"; else questions_that_get "$1" "$(older_fingerprints "$1")"; fi >"$work/$1/expected"
  question=$(comm -13 "$work/$1/served" "$work/$1/expected" | head -n 1)
  fact "$1" "answers/$question"
  answer=$fact
  unserved=$(echo "$question" | cut -d / -f 1)
  [ "$(wc -l <"$work/.endpoints")" = 1 ] || unserved="$unserved at $(echo "$question" | cut -d / -f 2)"
  still_old="$unserved still gets the old certificate"
  if [ -z "$answer" ]; then
    because not-answering "$unserved gets no TLS answer on port $port"
  elif ! lineage_fingerprints "$1" | grep -Fqx "$answer"; then
    because other-certificate-served "$unserved gets a certificate that is not of this lineage: is its server_name right?"
  elif mounts_file_of "$1"; then
    because mounted-file "$still_old: the container mounts files of live/$1 or archive/$1; mount the folder that holds live and archive"
  elif [ "$reload" = hooks ] && ! has_hooks; then
    because no-hooks "$still_old: no program in $root/renewal-hooks/deploy/ is there to reload its server"
  else
    refusal=$(logged_refusal)
    if [ -n "$refusal" ]; then
      because reload-failed "$still_old: $refusal"
    else
      because old-certificate-served "$still_old: does the configuration read it from another path?"
    fi
  fi
}

# A mounted file keeps its inode: the container does not see the file that replaces it.
mounts_file_of() { cat "$work"/.container.*.json 2>/dev/null | grep '"Source": ' | grep -q -e "/live/$1[/\"]" -e "/archive/$1[/\"]"; }

# A folder with keys that a container can write to: whoever is root there could replace them.
writable_mount() {
  awk -F '"' '/"Source":/ { source = $4 } /"RW": true/ && source != "" { print source; source = "" }' "$work"/.container.*.json 2>/dev/null |
    while IFS= read -r source; do
      case "$source:$root/" in /:* | "$source:$source"/*) echo "$source" && break ;; esac
      for own in "$root" "$root/live" "$root/archive" "$root/renewal-hooks" "$root/renewal-hooks/deploy"; do [ ! "$source" -ef "$own" ] || { echo "$source" && break 2; }; done
    done
}

# roll_back NAME...
roll_back() {
  back_reason=$why_reason
  back_why=$why
  until_s=$back_until_s
  for back in "$@"; do
    error=$(swap_back "$back" 2>&1) || note "$back" stuck "$error"
  done
  reload_all "$@" || back_why="$back_why; it fails without the new certificate as well, so that is not the cause"
  wait_until_back "$@"
  for back in "$@"; do
    missing=$(comm -23 "$work/$back/before" "$work/$back/served" | cut -d / -f 1 | sort -u | tr '\n' ' ')
    [ -z "$missing" ] || missing=" (which is not served for $missing)"
    fact "$back" stuck
    [ ! -e "$work/$back/stuck" ] || {
      finish "$back" failed roll-back-failed "the old certificate could not be put back: $fact; and before: $back_why"
      continue
    }
    fact "$back" previous
    case $fact in
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
      old=$(fingerprints_of "$root/live/$back/fullchain.pem" 2>/dev/null)
      questions_that_get "$back" "$old" >"$work/$back/served"
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

# A run by the group's list may come before the server does: then it starts with what is there.
settle_without_server() {
  if [ -n "$group" ] && [ ! -s "$work/$1/before" ]; then
    settle_unserved "$1"
    note "$1" message "installed, for when there is a server: $why"
  else
    finish "$1" failed "$why_reason" "$why; the new certificate stays installed"
  fi
}

# is_only_seen NAME...: by the list, what is as it was is looked at and not reloaded
is_only_seen() {
  for looked_at in "$@"; do
    fact "$looked_at" previous
    [ -n "$group" ] && [ ! -e "$work/$looked_at/changed" ] && [ "$fact" = current ] || return 1
  done
}

reload_and_settle() {
  reloaded=no
  if ! all_unchanged "$@" && ! is_only_seen "$@"; then
    reloaded=yes
    reload_all "$@"
    case $? in
      0) wait_until_served "$@" ;;
      1) roll_back "$@" ;;
      *) for kept in "$@"; do settle_without_server "$kept"; done ;;
    esac
  fi
  for settled in "$@"; do [ -e "$work/$settled/outcome" ] || settle "$settled"; done
}

install_open() {
  [ -n "$(open_names)" ] || return 0
  [ -n "$group" ] || fetch_pointers fetch_pointer $(open_names)
  for each in $(open_names); do read_pointer "$each" && check_order "$each"; done
  fetch_versions
  [ "$reload" != hooks ] || check_hooks $(open_names)
  note_before
  # Hooks run, and fail, per certificate.
  if [ "$reload" = hooks ]; then
    for each in $(open_names); do swap_and_settle "$each"; done
  else
    swap_and_settle $(open_names)
  fi
}

swap_and_settle() {
  until_s=$swap_until_s
  swapped=''
  in_parallel prepare "$@"
  for each do swap "$each" && swapped="$swapped $each"; done
  until_s=$see_until_s
  [ -z "$swapped" ] || reload_and_settle $swapped
  [ "$until_s" = "$back_until_s" ] || until_s=$swap_until_s
}

# For who waits for the first certificates of this boot: docs/reference/hosts.md has the line.
mark_ready() {
  for installed in $names; do ! has_failed "$installed" || return; done
  cat /proc/sys/kernel/random/boot_id >"$state/ready"
}

changed_names() {
  for looked_at in $names; do [ ! -e "$work/$looked_at/changed" ] || printf '%s ' "$looked_at"; done
}

# If the pointer cannot be read now, the next run catches up.
reopen_if_moved() {
  fact "$1" version
  version_before=$fact
  get_object "live/$1.json" "$work/$1/pointer.json" >/dev/null || return
  tr -d '\n' <"$work/$1/pointer.json" >"$work/$1/pointer"
  [ "$(pointer_field "$1" version)" != "$version_before" ] || return
  # shellcheck disable=SC2115
  rm -rf "$work/$1" && mkdir "$work/$1"
}

main() {
  cd / || exit
  fix_environment
  begin_clock
  read_parameters
  find_kill_after
  make_root_folders
  make_state
  take_lock
  make_work_folder
  [ -z "$group" ] || read_list
  install_open
  # The pointer may have moved meanwhile, and its command waits behind this run, or is lost: two more rounds.
  for _ in 2 3; do
    [ -z "$group" ] || break
    fetch_pointers reopen_if_moved $(changed_names)
    [ -n "$(open_names)" ] && ! is_late || break
    install_open
  done
  [ -z "$group" ] || mark_ready
  report
}

main
