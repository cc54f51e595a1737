#!/bin/sh
# Deploy hook for h2o in its mode `master`, as the distributions' service runs it, whose configuration reads the files
# where they are: `certificate-file` and `key-file`. A reload starts a new server beside the old one; for about a second
# both answer, then the old one ends when its connections are done.
set -eu

h2o --mode=test --conf /etc/h2o/h2o.conf
systemctl reload h2o
