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
# Needs the AWS CLI, openssl, and flock, coreutils, awk, grep and sed, which every Linux distribution has.
# What it fetches is checked in a folder that only root can enter. It goes into the root folder step by step and works with
# relative paths there: root of a container that has the folder mounted can swap a name, but not the folder that is open.
# docs/reference/hosts.md says what each outcome and reason means.
#
# Trap: no dollar-brace expansion and no doubled braces anywhere in this file. Serverless would
# resolve the first, Systems Manager the second.

# Lists of names are split on purpose: names hold no spaces and no patterns (see is_lineage_name).
# SC2100 mistakes words with a hyphen for arithmetic.
# SC2030 and SC2031: subshells say why on standard output.
# SC2154: the parameters are in the environment.
# shellcheck disable=SC2086,SC2046,SC2100,SC2015,SC2030,SC2031,SC2154

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

# Of the agent's environment only what the AWS CLI, proxies and container engines need is kept.
fix_environment() {
  for variable in $(env | sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/\1/p'); do
    case $variable in
      PATH | HOME | TMPDIR | PWD | OLDPWD | SHLVL | _) ;;
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

# Not every tr knows [:print:].
plain() { tr -c ' -~' ' ' | sed 's/["\\]//g; s/  */ /g; s/^\(.\{150\}.\{150\}\).*/\1/; s/ $//'; }

print_result() {
  print_told "$1" "$(fact "$1" message | plain)"
  printf ',"served":[%s]}' "$(names_in "$work/$1/served" | sed 's/.*/"&"/' | paste -s -d , -)"
}

print_short_result() { print_told "$1" "$(fact "$1" message | plain | cut -c 1-100)" && printf '}'; }

# print_told NAME MESSAGE: all but what is served, and the last brace
print_told() {
  printf '{"name":"%s","version":"%s","serial":"%s","outcome":"%s","reason":"%s","message":"%s"' \
    "$1" "$(fact "$1" version)" "$(fact "$1" serial)" "$(fact "$1" outcome)" "$(fact "$1" reason)" "$2"
}

print_brief_result() {
  case $(fact "$1" outcome) in failed | rolled-back) said=reason ;; *) said=version ;; esac
  printf '{"name":"%s","%s":"%s","outcome":"%s"}' "$1" "$said" "$(fact "$1" "$said")" "$(fact "$1" outcome)"
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
  names=''
  group=$(printenv SSM_group) || group=''
  asked=$(printenv SSM_names) || refuse agent-too-old \
    'SSM_names is not set: parameters as environment variables need SSM agent 3.3.2746.0 or newer'
  set +u
  bucket=$SSM_bucket region=$SSM_region root=$SSM_root reload=$SSM_reload container=$SSM_container port=$SSM_port
  address=$SSM_address proxy_protocol=$SSM_proxyProtocol key_group=$SSM_keyGroup key_mode=$SSM_keyMode
  new_hosts_only=$SSM_newHostsOnly
  set -u
  check_names
  require_tools
  unfit='' values='' patterns=-
  check_parameter group "$group" '([a-z0-9][a-z0-9-]{0,63})?'
  check_parameter newHostsOnly "$new_hosts_only" '(true|false)?'
  check_parameter bucket "$bucket" '[a-z0-9][a-z0-9.-]{1,62}'
  check_parameter region "$region" '[a-z0-9-]{1,40}'
  check_parameter root "$root" '(/[A-Za-z0-9_-][A-Za-z0-9._-]*){1,20}'
  check_parameter reload "$reload" 'container|service|hooks'
  check_parameter port "$port" '[0-9]{1,5}'
  [ "$reload" != container ] || check_parameter container "$container" '[A-Za-z0-9][A-Za-z0-9_.-]{0,127}(/[A-Za-z0-9][A-Za-z0-9_.-]{0,127})?'
  check_parameter keyGroup "$key_group" '([a-z_][a-z0-9_-]{0,31}|[0-9]{1,10})?'
  check_parameter keyMode "$key_mode" '(0?[46][04][04])?'
  check_parameter address "$address" '([0-9.]{7,15}|[0-9a-f:]{2,39})?'
  check_parameter proxyProtocol "$proxy_protocol" '(true|false)?'
  [ -n "$unfit" ] || unfit=$(printf '%s' "$values" | grep -Evxm 1 -e "$patterns" | cut -d ' ' -f 1)
  [ -z "$unfit" ] || refuse bad-parameter "$unfit has a value that is not allowed"
  [ "$proxy_protocol" != true ] || [ -n "$(python)" ] || refuse python3-missing 'python3 is not installed on this host, and with proxyProtocol it is what asks'
}

# check_parameter NAME VALUE PATTERN: gathered, as one grep compares all
check_parameter() {
  case $2 in *"$newline"*) unfit=$1 ;; esac
  values="$values$1 $2$newline"
  patterns="$patterns$newline$1 ($3)"
}
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

# From a clock that nobody sets.
seconds() { IFS=. read -r whole_s _ </proc/uptime && echo "$whole_s"; }

begin_clock() {
  begun=$(seconds)
  until_s=$swap_until_s
}

seconds_left() { echo $((until_s - $(seconds) + begun)); }

is_late() { [ "$(seconds_left)" -le 0 ]; }

# at_most SECONDS: no more than are left
at_most() {
  left=$(seconds_left)
  [ "$left" -gt 1 ] || left=1
  if [ "$1" -lt "$left" ]; then echo "$1"; else echo "$left"; fi
}

# limited SECONDS COMMAND...: prints the first 64 KiB of what the command prints; the status is the command's. What it
# leaves running keeps a reader, and is not waited for; neither holds the lock, of which a shell would keep a copy where it is
# closed for more than one command. Call it in a subshell.
limited() {
  limit_s=$(at_most "$1")
  shift
  # By the subshell's own process id, which one before it may have had.
  read -r spool _ </proc/self/stat && spool=$work/.spool.$spool
  while [ -e "$spool" ]; do spool=$spool.; done
  mkfifo "$spool" || return 1
  { head -c 65536 >"$spool+text" && cat >/dev/null && : >"$spool+end"; } <"$spool" >/dev/null 2>&1 9>&- &
  timeout $kill_after "$limit_s" "$@" >"$spool" 2>&1 </dev/null 9>&-
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
  temporary=$(printenv TMPDIR) || temporary=/run
  [ -w "$temporary" ] || temporary=/tmp
  for left in "$temporary"/perennial.??????; do
    case $(stat -c '%u %a %F' "$left" 2>/dev/null) in '0 '*'700 directory') rm -rf "$left" ;; esac
  done
  work=$(mktemp -d "$temporary/perennial.XXXXXX") || refuse disk-full "no temporary folder in $temporary"
  trap 'rm -rf "$work"' EXIT
  trap 'exit 143' HUP INT TERM
  error=$(head -c 262144 /dev/zero 2>&1 >"$work/.room" && rm "$work/.room" 2>&1) ||
    refuse_error disk-full "no room in $temporary"
  for worked in $names; do mkdir "$work/$worked"; done
}

# is_folder PATH PATH-SHOWN: no link, no file
is_folder() {
  [ ! -L "$1" ] && [ -d "$1" ] && return
  because not-a-folder "$2 is a link or a file where a folder has to be: move it away"
  return 1
}

# is_own_folder PATH PATH-SHOWN: a real folder, root's, that nobody else can write to; else says why not
is_own_folder() {
  is_folder "$1" "$2" || return
  owner_and_mode=$(stat -c '%u %a' "$1")
  case $owner_and_mode in
    "0 "*[2367]? | "0 "*[2367]) because writable-by-others "others than root can write to $2: chmod go-w $2" && return 1 ;;
    "0 "*) return 0 ;;
  esac
  because wrong-owner "$2 belongs to user $(echo "$owner_and_mode" | cut -d ' ' -f 1), who could replace what is in it: chown root $2"
  return 1
}

# go_into FOLDER...: into the root folder, and from there step by step. For subshells; fails with why and why_reason.
go_into() {
  at=$root
  cd -P "$root_parent" && step_into "$root_name" "$root" || return
  for step; do step_into "$step" "$at/$step" || return; done
}

# step_into NAME PATH: where it was moved meanwhile, PWD tells.
step_into() {
  is_folder "$1" "$2" || return
  case $PWD in / | //) step_parent='' ;; *) step_parent=$PWD ;; esac
  cd -P "./$1" && [ "$PWD" = "$step_parent/$1" ] && is_own_folder . "$2" || return
  at=$2
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
  error=$( (umask 022 && mkdir -p "$root") 2>&1) || refuse_error root-not-writable "$root"
  root_parent=$(cd "$root/.." && pwd -P)
  root_name=$(basename "$root")
  root_path=$(readlink -f "$root")
  for folder in live archive; do
    error=$(in_folder '' make_folder "$folder" && in_folder "$folder" :) || refuse_for "$root/$folder" "$error"
  done
  # Of releases that had it there.
  rm -f "$root/.perennial.lock"
}

make_folder() { [ -e "$1" ] || [ -L "$1" ] || mkdir "$1"; }

make_state() {
  error=$( (umask 022 && mkdir -p "$(dirname "$state")") 2>&1 && { [ -d "$state" ] || mkdir "$state"; } 2>&1) ||
    refuse_error permission-denied "$state"
  is_own_folder "$state" "$state" || refuse "$why_reason" "$why"
  # No root folder has a "+" in its path.
  notes="$state/$(printf '%s' "$root" | tr / +)"
  error=$( { chmod 700 "$state" && mkdir -p "$notes" && : >>"$state/lock"; } 2>&1) ||
    refuse_error permission-denied "$state"
}

# remembered NAME WHAT
remembered() { cat "$notes/$1/$2" 2>/dev/null; }

# remember NAME WHAT: from standard input
remember() {
  mkdir -p "$notes/$1" && cat >"$notes/$1/.new" && mv -f "$notes/$1/.new" "$notes/$1/$2"
}

forget() { rm -f "$notes/$1/$2"; }

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
# get_at_once: KEY and FILE on each line of the standard input; an object that came is in FILE.came. Where none comes, it is not
# tried again in this run; nor is anything asked where the AWS CLI's settings name another endpoint. Credentials are looked for as
# the AWS CLI does, which is asked for them where they are not in plain sight. Signed by Signature Version 4 (IAM user guide, "AWS
# Signature Version 4 for API requests").
get_at_once() {
  cat >"$work/.asked"
  [ -n "$(python)" ] && [ -s "$work/.asked" ] && [ ! -e "$work/.one-by-one" ] || return 0
  (limited 30 "$(python)" -I -c '
import concurrent.futures, hashlib, hmac, json, os, re, ssl, subprocess, sys, time
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

def fetch(line):
    key, path = line.split()
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
with concurrent.futures.ThreadPoolExecutor(8) as pool, open(asked) as lines:
    for line in lines:
        pool.submit(fetch, line)
' "$bucket" "$region" "$most_bytes" "$work/.asked") >/dev/null
  while read -r _ arrived; do [ ! -e "$arrived.came" ] || return 0; done <"$work/.asked"
  : >"$work/.one-by-one"
}

# get_object KEY FILE: prints only errors
get_object() (
  mv "$2.came" "$2" 2>/dev/null && exit
  limited 60 aws s3api get-object --region "$region" --cli-connect-timeout 5 --cli-read-timeout 20 \
    --bucket "$bucket" --key "$1" --range "bytes=0-$most_bytes" "$2" >"$2.error" && exit
  cat "$2.error"
  exit 1
)

# read_list: as $names, what groups/<group>.json lists and this host lacks, each with its line of the list for a pointer. A
# version that is newer here than there came by a command.
read_list() {
  list=$work/.list
  error=$(most_bytes=4194303 && echo "groups/$group.json $list" | get_at_once && get_object "groups/$group.json" "$list") || refuse_error fetch-failed "groups/$group.json"
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
is_older() { [ "$(printf '%s\n' "$(installed_version_of "$1")" "$2" | sort | tail -n 1)" != "$2" ]; }

# is_put_back_to NAME VERSION: by the pointer. Who can write the list cannot write that, and could bring back a key that leaked.
is_put_back_to() {
  get_object "live/$1.json" "$work/$1/pointer.json" >/dev/null || return
  tr -d '\n' <"$work/$1/pointer.json" >"$work/$1/pointer"
  [ "$(pointer_field "$1" version)" = "$2" ] && is_put_back "$1"
}

# lacks NAME VERSION: also where a run was killed, and where nothing served it when it was installed: perhaps something does now.
# Where hosts have windows, only where there is nothing, or what is there is over, or has only to be looked at.
lacks() {
  here=$(installed_version_of "$1")
  if [ "$new_hosts_only" = true ]; then
    has_valid "$1" || return 0
    [ "$here" = "$2" ] && [ -z "$(remembered "$1" previous)" ] && [ -n "$(remembered "$1" not-served)" ]
    return
  fi
  [ -z "$(remembered "$1" previous)$(remembered "$1" not-served)" ] && [ -e "$root/live/$1/privkey.pem" ] || return 0
  [ "$here" != "$2" ] || return
  ! is_older "$1" "$2" || line_of "$1" | grep -Eq "$put_back"
}

has_valid() {
  [ -e "$root/live/$1/privkey.pem" ] && [ -f "$root/live/$1/fullchain.pem" ] &&
    timeout 5 head -c 65536 "$root/live/$1/fullchain.pem" | openssl x509 -noout -checkend 0 >/dev/null 2>&1
}

# fetch_pointers FUNCTION NAME...: runs it for each, with what came at once
fetch_pointers() {
  each_pointer=$1
  shift
  for pointed in "$@"; do echo "live/$pointed.json $work/$pointed/pointer.json"; done | get_at_once
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
  tail -n 2 "$work/$1/read" | awk -v most="$most_server_names" '{ for (i = 1; i <= NF && (NR == 1 || i <= most); i++) if ($i !~ /[*]/) print $i }' | sort -u >"$work/$1/candidates"
}

# A version that is older than the installed one may be a planted pointer to a key that leaked.
check_order() {
  installed_version=$(installed_version_of "$1")
  [ -n "$installed_version" ] && [ "$installed_version" != "$(fact "$1" version)" ] || return 0
  newest=$(printf '%s\n' "$installed_version" "$(fact "$1" version)" | sort | tail -n 1)
  [ "$newest" = "$installed_version" ] && ! is_put_back "$1" || return 0
  give_up "$1" version-older "live/$1.json names $(fact "$1" version), and $installed_version is installed here: if the older one was put back on purpose, add putBack: true to live/$1.json"
}

installed_version_of() { readlink "$root/live/$1" | sed -n "s|^[.][.]/archive/$1/\([0-9]\{8\}T[0-9]\{6\}Z-[0-9a-z]*\)\$|\1|p"; }

is_put_back() { grep -Eq "$put_back" "$work/$1/pointer"; }
put_back='"putBack": *true *[,}]'

version_folder() { printf '%s/archive/%s/%s' "$root" "$1" "$(fact "$1" version)"; }

# Where its files are checked, before they are written to the root folder.
fetched_folder() { printf '%s/%s/files' "$work" "$1"; }

is_plain_file() { [ ! -L "$1" ] && [ -f "$1" ]; }

has_its_hashes() {
  for hashed in fullchain privkey; do
    [ -f "$1/$hashed.pem" ] && [ "$(sha256sum <"$1/$hashed.pem")" = "$(fact "$2" $hashed)  -" ] || return
  done
}

# copy_installed NAME: what is in its version's folder already
copy_installed() {
  mkdir -p "$(fetched_folder "$1")"
  is_plain_file "$(version_folder "$1")/fullchain.pem" && is_plain_file "$(version_folder "$1")/privkey.pem" || return
  for file in fullchain privkey; do
    timeout 5 head -c 262144 "$(version_folder "$1")/$file.pem" >"$(fetched_folder "$1")/$file.pem"
  done
  has_its_hashes "$(fetched_folder "$1")" "$1"
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
  key="archive/$object_name/$(fact "$object_name" version)/$object_file"
  object_target="$(fetched_folder "$object_name")/$object_file"
}

fetch_versions() {
  objects=''
  for fetched in $(open_names); do
    copy_installed "$fetched" || objects="$objects $fetched/fullchain.pem $fetched/privkey.pem"
  done
  for object in $objects; do split_object "$object" && echo "$key $object_target"; done | get_at_once
  in_parallel fetch_object $objects
  in_parallel check_version $(open_names)
}

# fullchain.pem is cert.pem and then chain.pem.
check_version() {
  files=$(fetched_folder "$1")
  has_its_hashes "$files" "$1" ||
    give_up "$1" hash-mismatch "archive/$1/$(fact "$1" version)/ does not have the hashes in live/$1.json" || return
  sed '/-----END CERTIFICATE-----/q' "$files/fullchain.pem" >"$files/cert.pem"
  sed '1,/-----END CERTIFICATE-----/d' "$files/fullchain.pem" >"$files/chain.pem"
  check_certificate "$1" "$files" && note "$1" fingerprint "$(fingerprint <"$files/cert.pem")"
}

is_installed() {
  for file in cert chain fullchain privkey; do
    is_plain_file "$(version_folder "$1")/$file.pem" &&
      [ "$(timeout 5 head -c 262144 "$(version_folder "$1")/$file.pem")" = "$(cat "$(fetched_folder "$1")/$file.pem")" ] || return
  done
}

# In archive/, a new folder is filled and then renamed.
write_version() {
  plan_access "$1" || return
  error=$(in_folder archive make_folder "$1") && error=$(open_folders "$1") && error=$(in_folder "archive $1" write_here "$1") || give_up_for "$1" "$error"
}

open_folders() {
  [ -e "$work/$1/opens" ] || return 0
  for above in live archive "archive $1"; do in_folder "$above" open_folder "$1" || return; done
}

# Runs in the lineage's folder of archive/. The notes there are of releases that kept them there.
write_here() {
  rm -f .previous .not-served
  ! is_installed "$1" || return 0
  rm -rf .incoming && mkdir .incoming && in_folder "archive $1 .incoming" write_files "$1" || return
  rm -rf "./$(fact "$1" version)" && mv -T .incoming "./$(fact "$1" version)" || { rm -rf .incoming && false; }
}

# With noclobber the file is made new, whatever somebody may have put in its place, and the umask gives it its mode.
write_files() {
  set -C
  for file in cert chain fullchain privkey; do
    read -r _ bits _ <"$work/$1/access.$file" && umask "$(printf %o $((0777 & ~0$bits)))"
    cat "$(fetched_folder "$1")/$file.pem" >"./$file.pem" && give_access "$1" "$file" "./$file.pem" || return
  done
  set +C
  give_access "$1" folder . || return
  sync ./*.pem . 2>/dev/null || :
}

# --- who may read it ------------------------------------------------------------------------
# Whoever could read the version before, as a web server that is not root does, can read the new one: owner, group, modes,
# access lists and SELinux's labels are carried over, as certbot does. Where only root could, the host group's keyGroup and
# keyMode say who may. Nobody but root ever gets the right to write.

# plan_access NAME: for each file, and the folder: a reference, owner and mode
plan_access() {
  for file in cert chain fullchain privkey; do
    if old=$(beneath_root "$root/live/$1/$file.pem"); then
      note "$1" "access.$file" "$(access_of "$old" 0644)"
      [ "$file" != privkey ] || note "$1" access.folder "$(access_of "$(dirname "$old")" 0755)"
    else
      note "$1" "access.$file" '0:0 600 -'
    fi
  done
  [ -e "$work/$1/access.folder" ] || note "$1" access.folder '0:0 700 -'
  case $(fact "$1" access.privkey) in '0:'*' '[46]00' '*) plan_settings "$1" ;; esac
}

plan_settings() {
  key_bits=$key_mode
  [ -n "$key_bits" ] || { [ -n "$key_group" ] && key_bits=640 || return 0; }
  readers=$((0$key_bits & 0044))
  group_id=0
  [ -z "$key_group" ] || group_id=$(group_id_of "$key_group") ||
    give_up "$1" bad-parameter "keyGroup: there is no group $key_group on this host" || return
  note "$1" access.privkey "0:$group_id $key_bits -"
  for file in cert chain fullchain; do note "$1" "access.$file" "0:$group_id 644 -"; done
  # Who may read may enter.
  note "$1" access.folder "0:$group_id $(printf %o $((0700 | readers | readers >> 2))) -"
  note "$1" opens yes
}

group_id_of() {
  case $1 in *[!0-9]*) ;; *) echo "$1" && return ;; esac
  { getent group "$1" 2>/dev/null || grep "^$1:" /etc/group; } | cut -d : -f 3 | head -n 1 | grep .
}

# beneath_root PATH: what it leads to, if that is in the root folder
beneath_root() {
  led_to=$(readlink -f "$1") && [ -f "$led_to" ] || return
  case $led_to in "$root_path"/*) printf '%s\n' "$led_to" ;; *) return 1 ;; esac
}

# access_of PATH MOST
access_of() { stat -c '%u:%g %a' "$1" | { read -r owner bits && printf '%s %o %s\n' "$owner" "$((0$bits & $2))" "$1"; }; }

# give_access NAME WHAT PATH: of what is open here, or was made here; follows no link
give_access() {
  # shellcheck disable=SC2046
  set -- "$3" $(fact "$1" "access.$2")
  chown -h "$2" "$1" && { [ "$1" != . ] || chmod "$3" .; } || return
  [ "$4" != - ] || return 0
  [ ! -e /sys/fs/selinux/enforce ] || chcon -h --reference="$4" "$1" 2>/dev/null || :
  case $(ls -ld "$4") in ??????????+*) carry_access_list "$4" "$1" ;; esac
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
  openssl x509 -in "$2/cert.pem" -noout -pubkey -dates -text >"$work/$1/certificate" 2>/dev/null
  key_of_file=$(openssl pkey -in "$2/privkey.pem" -pubout 2>/dev/null)
  key_of_certificate=$(sed -n '/BEGIN PUBLIC/,/END PUBLIC/p' "$work/$1/certificate")
  [ -n "$key_of_file" ] && [ "$key_of_file" = "$key_of_certificate" ] ||
    give_up "$1" key-mismatch "the private key of version $(fact "$1" version) is not the certificate's" || return
  # OpenSSL 1.0.2 has no -ext.
  covered="$(sed -n '/Subject Alternative Name/{n;s/,//g;p;}' "$work/$1/certificate") "
  uncovered=$(
    set -f
    for name in $(fact "$1" names); do case $covered in *" DNS:$name "*) ;; *) printf '%s ' "$name" ;; esac done
  )
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

# fingerprint: of the first certificate in what it reads. The Base64 of it tells one from another as a hash does, and needs no
# openssl, which takes as long to start as ten of these.
fingerprint() { awk '/^-----END/ { print ""; exit } inside { gsub(/[\r ]/, ""); printf "%s", $0 } /^-----BEGIN CERTIFICATE-----/ { inside = 1 }'; }

# find_endpoints: where the port is listened to, and where containers have it, as ADDRESS:PORT; not where packets are swallowed,
# as at the address that a container has in a network of its own
find_endpoints() {
  {
    if [ -n "$address" ]; then
      echo "$address $port"
    else
      listened_to
      [ "$reload" != container ] || addresses_of_containers
    fi
  } | awk 'NF == 2 { print ($1 ~ /:/ ? "[" $1 "]" : $1) ":" $2 }' | sort -u | head -n "$most_endpoints" >"$work/.found"
  [ -s "$work/.found" ] || echo "127.0.0.1:$port" >"$work/.found"
  : >"$work/.endpoints"
  in_parallel keep_endpoint $(cat "$work/.found")
}

keep_endpoint() { knock "$1" | grep -q connect && echo "$1" >>"$work/.endpoints"; }

# knock ENDPOINT: what openssl says of it at once: SSL_connect where it is connected, connect:errno where it is refused, else
# nothing, though BusyBox's shell may say "Terminated". Its CONNECTED waits in a buffer, and is lost where time is up.
knock() { timeout 2 openssl s_client -state -connect "$1" </dev/null 2>&1 >/dev/null; }

# What listens everywhere is asked on the loopback address.
listened_to() {
  { ss -Hltn "sport = :$port" || netstat -ltn; } 2>/dev/null |
    awk -v port="$port" '$1 ~ /LISTEN|tcp/ && $4 ~ ":" port "$" {
      sub(":" port "$", "", $4); gsub(/[][]|%.*/, "", $4)
      print ($4 ~ /^(\*|0\.0\.0\.0)$/ ? "127.0.0.1" : $4 == "::" ? "::1" : $4), port
    }'
}

# Their own, with the port in the container that is published as the host's; in the host's network they have none.
addresses_of_containers() {
  find_containers || return 0
  for asked_container in $containers; do
    awk -v port="$port" -F '"' '
      /"[0-9]+\/tcp": *\[/ { inner = $2; sub("/tcp", "", inner) }
      /"HostPort":/ && $4 == port { published = inner }
      /"(IPAddress|GlobalIPv6Address)":/ && $4 != "" { own[$4] }
      END { for (ip in own) print ip, published == "" ? port : published }
    ' "$work/.container.$asked_container.json"
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
    timeout 5 "$@" </dev/null 2>/dev/null
    case $? in 124 | 143) : >"$work/.silent/$endpoint" ;; esac
  } | head -c 65536 | fingerprint
}

# shake_hands_by_proxy ENDPOINT SERVERNAME [KIND]: as from a load balancer that speaks the PROXY protocol, version 1; openssl
# cannot. KIND is the only kind of key that is accepted; before TLS 1.3 the cipher says it.
shake_hands_by_proxy() {
  [ -n "$(python)" ] || return 0
  hear "$(python)" -I -c '
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

python() { command -v python3 || command -v /usr/libexec/platform-python; }

# A server block may have an RSA and an ECDSA certificate, each its own lineage. It shows the one whose kind of
# key is all that the client accepts. Without an answer, a second try accepts all: the kind of key may have changed.
# ask NAME/SERVERNAME/ENDPOINT: notes the fingerprint, or nothing
ask() {
  IFS=/ read -r asked_name server_name endpoint <<EOF
$1
EOF
  question=$server_name/$endpoint
  [ -d "$work/$asked_name/answers/$server_name" ] || mkdir -p "$work/$asked_name/answers/$server_name"
  signatures=$(fact "$asked_name" signatures)
  set -- "$endpoint" "$server_name"
  answer=''
  ! is_late || return
  [ ! -e "$work/.closed/$endpoint" ] || { : >"$work/$asked_name/answers/$question" && return; }
  if [ "$proxy_protocol" != true ]; then
    [ -z "$signatures" ] || answer=$(shake_hands "$@" -sigalgs "$signatures")
    [ -n "$answer" ] || answer=$(shake_hands "$@")
  fi
  if [ "$proxy_protocol" != false ] && [ -z "$answer" ]; then
    [ -z "$signatures" ] || answer=$(shake_hands_by_proxy "$@" "$(echo "$signatures" | grep -o '^[A-Z]*')")
    [ -n "$answer" ] || answer=$(shake_hands_by_proxy "$@")
  fi
  printf '%s\n' "$answer" >"$work/$asked_name/answers/$question"
}

# questions_of NAME: prints SERVERNAME/ENDPOINT for each
questions_of() {
  for candidate in $(fact "$1" candidates); do
    while IFS= read -r endpoint; do echo "$candidate/$endpoint"; done <"$work/.endpoints"
  done
}

# names_in FACT-FILE: of questions
names_in() { cut -d / -f 1 "$1" 2>/dev/null | sort -u; }

ask_all() {
  questions=''
  for asked_for in "$@"; do
    for question in $(questions_of "$asked_for"); do questions="$questions $asked_for/$question"; done
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
  live_pem=$root/live/$1/fullchain.pem
  for pem in "$root/archive/$1"/*/fullchain.pem; do
    fingerprint_of "$pem"
    [ ! "$pem" -ef "$live_pem" ] || live_pem=''
  done
  [ -z "$live_pem" ] || fingerprint_of "$live_pem"
  set -- "$root/live/$1.before-perennial/fullchain.pem" "$root/archive/$1"/fullchain*.pem
  [ -e "$1" ] || [ -e "$2" ] || return 0
  # shellcheck disable=SC2012
  ls -t "$@" 2>/dev/null | head -n 5 | while read -r pem; do fingerprint_of "$pem"; done
}

# A pipe or a device in its place would hold up the run. Certbot's own are links.
fingerprint_of() { [ -f "$1" ] && timeout 5 head -c 65536 "$1" | fingerprint; }

# questions_that_get NAME FINGERPRINTS: prints the questions whose last answer is among them, in order
questions_that_get() {
  for question in $(questions_of "$1"); do
    answer=$(fact "$1" "answers/$question")
    case " $2 " in *" $answer "*) [ -z "$answer" ] || echo "$question" ;; esac
  done | sort
}

note_before() {
  find_endpoints
  ask_all $(open_names)
  for looked_at in $(open_names); do
    lineage_fingerprints "$looked_at" >"$work/$looked_at/lineage"
    questions_that_get "$looked_at" "$(tr '\n' ' ' <"$work/$looked_at/lineage")" >"$work/$looked_at/before"
  done
}

# Wherever this lineage was served before, the new one must be. If it was nowhere, one place is enough.
serves_new() {
  questions_that_get "$1" "$(fact "$1" fingerprint)" >"$work/$1/served"
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
    [ -z "$group" ] || ! is_all_closed || break
    [ $(($(seconds) - started)) -lt "$limit_s" ] && ! is_late || break
    [ -z "$waiting" ] || sleep "$pause"
    case $pause in 0.05) pause=0.1 ;; 0.1) pause=0.3 ;; *) pause=1 ;; esac
  done
}

# Whether it is a failure that the certificate is not served: it is where this lineage was served before, or is now from some
# other file. What else answers, there or at another address, says nothing about this certificate.
expects_service() { [ -s "$work/$1/before" ] || [ -n "$(questions_that_get "$1" "$(older_fingerprints "$1")")" ]; }

# Of those that were there before it.
older_fingerprints() { grep -Fvx "$(fact "$1" fingerprint)" "$work/$1/lineage" | tr '\n' ' '; }

# --- the link -------------------------------------------------------------------------------

is_current() { [ "$(readlink "$root/live/$1")" = "../archive/$1/$(fact "$1" version)" ]; }

# Remembered before the swap, so that the next run can go back after a killed one.
note_previous() {
  live="$root/live/$1"
  previous=$(remembered "$1" previous)
  [ -n "$previous" ] || if is_current "$1"; then
    previous=current
  elif [ -L "$live" ]; then
    previous=$(readlink "$live")
  elif [ -d "$live" ] || [ -d "$live.before-perennial" ]; then
    previous=before-perennial
  else
    previous=none
  fi
  note "$1" previous "$previous"
  is_current "$1" || remember "$1" previous <"$work/$1/previous"
}

# The commands of a swap run in live/ or renewal/, through in_folder.
point_link() { rm -rf "./.$1.new" && ln -s "$2" "./.$1.new" && mv -T "./.$1.new" "./$1"; }

# exchange A B: at one instant, so that a server that opens its files at each handshake finds them at any time. Fails where
# neither mv (coreutils 9.5) nor the C library (glibc 2.28) can.
exchange() {
  mv --exchange -T "$1" "$2" 2>/dev/null || "$(python)" -I -c '
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
  [ -L "$root/live/$1" ] || [ ! -d "$root/live/$1" ] || in_folder live put_link_for_folder "$1" "../archive/$1/$(fact "$1" version)" || return
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
  error=$( {
    [ "$(fact "$1" previous)" != before-perennial ] || move_certbot_aside "$1"
  } 2>&1 && { is_current "$1" || in_folder live point_link "$1" "../archive/$1/$(fact "$1" version)"; }) && return
  swap_back "$1" >/dev/null 2>&1
  give_up_for "$1" "$error"
}

in_the_way() {
  [ -e "$1" ] && [ ! -L "$1" ] && { [ ! -d "$1" ] || [ -e "$1.before-perennial" ]; }
}

# If it fails, what is remembered stays for the next run.
swap_back() {
  case $(fact "$1" previous) in
    current) return ;;
    none) in_folder live rm -f "./$1" || return ;;
    before-perennial) move_certbot_back "$1" || return ;;
    *) in_folder live point_link "$1" "$(fact "$1" previous)" || return ;;
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
      *[Cc]annot\ connect* | *'permission denied'*) [ "$engine" = podman ] || why="$error" ;;
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
  wait_started=$(seconds)
  while find_containers || return 2; do
    stopped=$(stopped_container)
    [ -n "$stopped" ] || return 0
    because container-restarting "container $stopped is $(container_field "$stopped" Status), not running"
    [ $(($(seconds) - wait_started)) -lt "$serve_limit_s" ] || return 2
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
is_own_path() {
  case $(stat -c '%u %a' "$1") in
    "0 "*[2367]? | "0 "*[2367]) why="others than root can write to $1: chmod go-w $1" && return 1 ;;
    "0 "*) ;;
    *) why="$1 is not root's: chown root $1" && return 1 ;;
  esac
  [ "$1" = / ] || is_own_path "$(dirname "$1")"
}

# As certbot does: every hook in order, once per lineage, with the usual umask.
run_hooks() {
  for hooked in "$@"; do
    for hook in "$root"/renewal-hooks/deploy/*; do
      is_hook "$hook" || continue
      output=$(
        umask 022
        RENEWED_LINEAGE="$root/live/$hooked" RENEWED_DOMAINS="$(fact "$hooked" names)"
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
  if [ -n "$writable" ]; then
    [ "$reloaded" = yes ] && served_outcome=served || served_outcome=unchanged
    finish "$1" "$served_outcome" mounted-writable "it is served for $served_now; but a container can write to $writable: mount it read-only, with :ro.$(fact "$1" aside)"
  elif [ "$reloaded" = yes ]; then
    finish "$1" served new-certificate-served "the new certificate is served for $served_now.$(fact "$1" aside)"
  else
    finish "$1" unchanged already-served "this version was installed and is served for $served_now"
  fi
}

settle_unserved() {
  forget "$1" previous
  echo yes | remember "$1" not-served
  remove_old_versions "$1"
  if [ -s "$work/$1/candidates" ]; then
    finish "$1" installed-not-served nothing-serves-it "installed; nothing on port $port serves it yet.$(fact "$1" aside)"
  else
    finish "$1" installed-not-served no-name-to-ask "installed; it has only wildcard names: give serverNames to have it checked.$(fact "$1" aside)"
  fi
}

# From the last answers.
explain_unserved() {
  ! is_late || { because out-of-time "no time was left to see whether it is served" && return; }
  if [ -s "$work/$1/before" ]; then cat "$work/$1/before"; else questions_that_get "$1" "$(older_fingerprints "$1")"; fi >"$work/$1/expected"
  question=$(comm -13 "$work/$1/served" "$work/$1/expected" | head -n 1)
  answer=$(fact "$1" "answers/$question")
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
      old=$(fingerprint_of "$root/live/$back/fullchain.pem" 2>/dev/null)
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
    [ -n "$group" ] && [ ! -e "$work/$looked_at/changed" ] && [ "$(fact "$looked_at" previous)" = current ] || return 1
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
  for installed in $names; do
    case $(fact "$installed" outcome) in failed | rolled-back) return ;; esac
  done
  cat /proc/sys/kernel/random/boot_id >"$state/ready"
}

changed_names() {
  for looked_at in $names; do [ ! -e "$work/$looked_at/changed" ] || printf '%s ' "$looked_at"; done
}

# If the pointer cannot be read now, the next run catches up.
reopen_if_moved() {
  version_before=$(fact "$1" version)
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
