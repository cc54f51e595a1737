#!/bin/sh
# Deploy hook for Apache httpd, whose configuration reads the files where they are:
# `SSLCertificateFile /etc/letsencrypt/live/example.com/fullchain.pem`, and privkey.pem as its key file.
set -eu

apachectl configtest
apachectl graceful
