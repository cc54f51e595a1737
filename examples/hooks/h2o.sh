#!/bin/sh
# Deploy hook for h2o in its mode `master`, as the distributions' service runs it, whose configuration reads the files
# where they are: `certificate-file` and `key-file`. A reload starts a new server beside the old one; for about a second
# both answer, then the old one ends when its connections are done.
# The master (start_server, of Server::Starter 0.31) loses a reload that comes just as it begins to wait for its servers, such
# as one right after another; so the hook looks for the new server, and asks again where none was started.
set -eu

h2o --mode=test --conf /etc/h2o/h2o.conf
master=$(cat /run/h2o.pid)
before=$(pgrep -P "$master")

# is_started: whether the master has a child that it had not before
is_started() {
  for child in $(pgrep -P "$master"); do
    printf '%s\n' "$before" | grep -qx "$child" || return 0
  done
  return 1
}

for _ in 1 2 3; do
  systemctl reload h2o
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    ! is_started || exit 0
    sleep 0.2
  done
done
echo 'h2o started no new server after three reloads: systemctl status h2o says more' >&2
exit 1
