// What acme-client touches of node-forge while it is imported; its interface for it is not used.
exports.pki = { rsa: { generateKeyPair() {} } };
