#!/bin/sh
# Deploy hook for HAProxy, which wants the chain and the key in one file.
# haproxy.cfg: `bind :443 ssl crt /etc/haproxy/certificates/`, and `expose-fd listeners` at the stats socket.
set -eu
umask 077

folder=/etc/haproxy/certificates
file=$folder/$(basename "$RENEWED_LINEAGE").pem

cat "$RENEWED_LINEAGE/fullchain.pem" "$RENEWED_LINEAGE/privkey.pem" >"$file.new"
mv "$file.new" "$file"
systemctl reload haproxy
