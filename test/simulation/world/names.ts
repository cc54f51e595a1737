export const DOMAINS = ['alpha.com', 'beta.org', 'gamma.net'];
export const GROUPS = ['web', 'api', 'mail'];
