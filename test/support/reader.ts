/** A browser as one reader has set it up: the size of letters is the browser's own setting, which media queries follow. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { CHROMIUM, watchProblems } from './browser.ts';
import { watchShifts } from './layout/shifts.ts';

/** Pixels, as browsers come. */
const USUAL_FONT_SIZE = 16;

/** Below this width, in pixels, there is a finger and no mouse. */
const PHONE = 600;

export interface View {
  width: number;
  height: number;
  scheme: 'light' | 'dark';
  sheet: 'up' | 'down';
}

export class Reader implements AsyncDisposable {
  private readonly context: BrowserContext;
  private readonly profile: string;

  private constructor(context: BrowserContext, profile: string) {
    this.context = context;
    this.profile = profile;
  }

  /** `textSize` in percent of what browsers come with. */
  static async start(textSize: number): Promise<Reader> {
    const profile = mkdtempSync(join(tmpdir(), 'slipway-reader-'));
    const webprefs = { default_font_size: (USUAL_FONT_SIZE * textSize) / 100 };
    mkdirSync(join(profile, 'Default'));
    writeFileSync(join(profile, 'Default', 'Preferences'), JSON.stringify({ webkit: { webprefs } }));
    return new Reader(await chromium.launchPersistentContext(profile, { ...CHROMIUM, viewport: null }), profile);
  }

  /** A page as of a new visitor: no cookie, and no wishes but where the sheet with the terminals is. */
  async open({ width, height, scheme, sheet }: View): Promise<{ page: Page; problems: string[] }> {
    await this.context.clearCookies();
    const page = await this.context.newPage();
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: scheme });
    if (width < PHONE) {
      const devtools = await this.context.newCDPSession(page);
      await devtools.send('Emulation.setTouchEmulationEnabled', { enabled: true });
    }
    await page.addInitScript(
      (wishes) => {
        localStorage.clear();
        localStorage.setItem('slipway', wishes);
      },
      JSON.stringify({ sheetOpen: sheet === 'up' }),
    );
    await watchShifts(page);
    return { page, problems: watchProblems(page) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.context.close();
    rmSync(this.profile, { recursive: true, force: true });
  }
}
