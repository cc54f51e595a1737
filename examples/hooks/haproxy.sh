#!/bin/sh
# Deploy hook for HAProxy, which wants the chain and the key in one file.
# haproxy.cfg: `bind :443 ssl crt /etc/haproxy/certificates/`, and `expose-fd listeners` at the stats socket.
set -eu
umask 077

folder=/etc/haproxy/certificates
name=$(basename "$RENEWED_LINEAGE").pem

# HAProxy reads every file in the folder, but for those that begin with a dot.
cat "$RENEWED_LINEAGE/fullchain.pem" "$RENEWED_LINEAGE/privkey.pem" >"$folder/.$name.new"
mv "$folder/.$name.new" "$folder/$name"
systemctl reload haproxy
