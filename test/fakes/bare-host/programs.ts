/** `aws s3api get-object`, from a folder; what it has no object of, S3 says in its words. */
const AWS = `#!/bin/sh
while [ $# -gt 0 ]; do
  case $1 in --key) key=$2 ;; --range) last=$(printf %s "$2" | cut -d - -f 2) ;; esac
  target=$1
  shift
done
printf 'aws %s\\n' "$key" >>FOLDER/fetched
[ ! -e "FOLDER/denied" ] || { echo 'An error occurred (AccessDenied) when calling the GetObject operation' >&2; exit 254; }
[ -f "FOLDER/bucket/$key" ] || { echo 'An error occurred (NoSuchKey) when calling the GetObject operation' >&2; exit 254; }
head -c "$((last + 1))" "FOLDER/bucket/$key" >"$target"
`;

/** \`nginx -t\` and \`nginx -s reload\`: what is asked is written down with where the links led then. */
const NGINX = `#!/bin/sh
links=$(for link in /mnt/letsencrypt/live/*; do [ ! -L "$link" ] || printf ' %s=%s' "$(basename "$link")" "$(basename "$(readlink "$link")")"; done)
printf 'nginx %s:%s\\n' "$*" "$links" >>FOLDER/asked
env >FOLDER/environment
case $* in
  *-t) [ ! -e FOLDER/refuse-test ] || { cat FOLDER/refuse-test; exit 1; } ;;
  *reload) [ ! -e FOLDER/refuse-reload ] || { cat FOLDER/refuse-reload; exit 1; }; echo reload >>FOLDER/reloads ;;
esac
`;

/** What a machine may have and a test must not find: an Nginx of its own, python3 that fetches everything at once. */
export const PROGRAMS: Record<string, string> = {
  aws: AWS,
  nginx: NGINX,
  systemctl: '#!/bin/sh\nexit 1\n',
  journalctl: '#!/bin/sh\n',
  python3: '#!/bin/sh\nexit 1\n',
};
