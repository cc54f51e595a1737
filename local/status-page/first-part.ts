import { type Page, statusPages } from '../../lib/reporting/status/page/page.ts';

/** The text of `status/index.html`, which is written last. */
export const firstPart = (page: Page): string => [...statusPages(page)].at(-1)?.text ?? '';
