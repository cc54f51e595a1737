// What acme-client touches of axios while it is imported; its requests go through lib/adapters/acme/transport.ts.
const interceptors = { request: { use() {} }, response: { use() {} } };
exports.create = () => ({ defaults: { headers: { common: {} } }, interceptors });
exports.AxiosError = class extends Error {};
