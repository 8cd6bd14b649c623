/** The screens that are looked at before a release: each of them in each view, with what was found wrong. */
import { AxeBuilder } from '@axe-core/playwright';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { faultsOf } from './layout/audit.ts';
import { shiftsOf } from './layout/shifts.ts';
import { LONG } from './counts.ts';
import type { View } from './reader.ts';

export interface ScreenView extends View {
  /** In percent. */
  textSize: number;
}

/** Below this many em the page is a phone's: the terminals are in a sheet, and which way it is makes two views. */
const NARROW_EM = 47.5;

const SIZES = [
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
];

export const TEXT_SIZES = [100, 200];

/**
 * A scheme has other colours and nothing else: where those are not looked at, one is enough. In a long run, and for a
 * person to look at, it is every size, scheme and size of letters.
 */
const EVERY_VIEW = LONG || process.env['TEST_SCREENSHOTS'] !== undefined;
const schemesOf = (size: Pick<ScreenView, 'width' | 'textSize'>) =>
  EVERY_VIEW || hasColoursLookedAt(size) ? (['light', 'dark'] as const) : (['dark'] as const);

export const PAGE_VIEWS: ScreenView[] = TEXT_SIZES.flatMap((textSize) =>
  SIZES.flatMap((size) =>
    schemesOf({ ...size, textSize }).map((scheme) => ({ ...size, scheme, textSize, sheet: 'down' as const })),
  ),
);

/** The same of a lesson, where the sheet may be up. */
export const LESSON_VIEWS: ScreenView[] = PAGE_VIEWS.flatMap((view) => {
  const em = (16 * view.textSize) / 100;
  return view.width / em > NARROW_EM ? [view] : [view, { ...view, sheet: 'up' as const }];
});

/**
 * Everything that is wrong with a screen now. What has moved since its page was loaded counts for it, but for what somebody
 * has pressed for. `part` is what has changed since the page was looked at before.
 */
export async function lookAt(page: Page, screen: string, view: ScreenView, part = 'html'): Promise<string[]> {
  const shifts = await shiftsOf(page, { besidesPresses: true });
  await keepPicture(page, screen, view);
  const faults = await faultsOf(page);
  return [...shifts.map((shift) => `moved: ${shift}`), ...faults, ...(await axeFindings(page, view, part))];
}

/** Names, roles and contrasts are those of the widest page and of the narrowest, and larger letters only read better. */
function hasColoursLookedAt({ width, textSize }: Pick<ScreenView, 'width' | 'textSize'>): boolean {
  return textSize === 100 && width !== 1024;
}

async function axeFindings(page: Page, view: ScreenView, part: string): Promise<string[]> {
  if (!hasColoursLookedAt(view)) return [];
  // The terminal's cells are drawn by xterm, which has a screen-reader mode of its own.
  const axe = new AxeBuilder({ page }).include(part).exclude('.xterm-screen');
  // Our pages have no frames; for those of others axe would open a page of its own, which takes a second.
  const { violations } = await axe.setLegacyMode(true).analyze();
  return violations.map(({ id, nodes }) => `axe: ${id}: ${nodes[0]?.html}`);
}

/** For a person to look at, where TEST_SCREENSHOTS names a folder. */
async function keepPicture(page: Page, screen: string, view: ScreenView): Promise<void> {
  const folder = process.env['TEST_SCREENSHOTS'];
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  const { width, scheme, textSize, sheet } = view;
  const name = [screen, width, scheme, `${textSize}%`, ...(sheet === 'up' ? ['sheet'] : [])].join('-');
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
