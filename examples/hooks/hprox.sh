#!/bin/sh
# Deploy hook for hprox, started with
# `-s example.com:/etc/letsencrypt/live/example.com/fullchain.pem:/etc/letsencrypt/live/example.com/privkey.pem`.
# It reads the files once, when it starts, and knows no reload: connections that are open end, and for as long as it takes to
# start nobody is answered. Who cannot have that puts Nginx or HAProxy in front.
set -eu

systemctl restart hprox
