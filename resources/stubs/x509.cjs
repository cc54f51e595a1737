// What acme-client touches of @peculiar/x509 while it is imported; requests and certificates are read and written by lib.
exports.cryptoProvider = { set() {} };
