import type { SiteFacts } from './rules/site-facts.ts';

/** Looks at a site as a stranger on the Internet would. Never throws: what cannot be seen is a fact. Ends within half a minute. */
export interface SiteObserver {
  observe(site: string, signal: AbortSignal): Promise<SiteFacts>;
}
