// Of asn1js acme-client touches nothing, but for certificates of TLS-ALPN-01.
