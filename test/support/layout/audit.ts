/** Looks at a page as it stands: whether anything is cut off, covered, or laid over something else. */
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import type { Page } from 'playwright-core';

/** Read as text: what a test runner makes of an import would not be there in the page. */
const SCRIPT = ['in-page.ts', 'faults.ts']
  .map((name) => readFileSync(new URL(name, import.meta.url), 'utf8'))
  .map((source) => stripTypeScriptTypes(source.replaceAll(/^import [^;]+;$/gm, '').replaceAll(/^export /gm, '')))
  .join('\n');

/** Faults of the layout, a sentence each and none twice. The page is scrolled meanwhile, and left where it was. */
export async function faultsOf(page: Page): Promise<string[]> {
  return await page.evaluate<string[]>(`(() => { ${SCRIPT}; return everyFault(); })()`);
}
