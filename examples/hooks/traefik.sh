#!/bin/sh
# Deploy hook for Traefik 3, whose file provider reads the files where they are: `certFile` and `keyFile` below
# `tls.certificates`. It watches its own configuration, but not the certificates, and reads both anew at SIGHUP.
# In a container: `docker kill --signal HUP traefik`.
set -eu

systemctl kill --signal=HUP traefik
