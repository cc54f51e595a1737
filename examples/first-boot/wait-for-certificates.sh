#!/bin/sh
# Waits on a new host until the certificates of its group are there; for what starts a web server after it. The SSM agent has
# to run already, the instance to have the tag perennial-group, and its role the group's policy.
timeout 300 sh -c 'until grep -qsxf /proc/sys/kernel/random/boot_id /var/lib/perennial/ready; do sleep 1; done' || {
  echo 'no certificates after 300 s: look at the tag perennial-group, the role, and State Manager in Systems Manager' >&2
  exit 1
}
