#!/bin/sh
# Deploy hook for Caddy, whose Caddyfile reads the files where they are:
# `tls /etc/letsencrypt/live/example.com/fullchain.pem /etc/letsencrypt/live/example.com/privkey.pem`.
# --force, because the configuration is the same and only the files it names have changed.
# A reload resets connections that wait to be accepted, unless net.ipv4.tcp_migrate_req is 1 (docs/guides/other-servers.md).
set -eu

caddy reload --force --config /etc/caddy/Caddyfile
