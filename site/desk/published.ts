/** The folder from which the gateway serves at the author's desk. A file is replaced in one step: half of one is never served. */
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

/** Where a page carries when it last changed. */
const STAMP = / data-desk="\d+"/;
const stamped = (html: string, stamp: number) => html.replace(/<html(?=[\s>])/i, `$& data-desk="${stamp}"`);

export class Published {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Puts a whole build in place. Resolves to the addresses of the pages that differ. */
  async take(build: string, stamp: number): Promise<string[]> {
    const files = await filesIn(build);
    const pages = files.filter((file) => file.endsWith('.html'));
    // What pages ask for is there before they are.
    for (const file of files) if (!file.endsWith('.html')) await this.#copy(join(build, file), file);
    const changed = [];
    for (const file of pages) {
      if (await this.#writePage(file, await readFile(join(build, file), 'utf8'), stamp)) changed.push(addressOf(file));
    }
    await this.keepOnly(pages.map(addressOf));
    return changed;
  }

  /** Resolves to whether it differs from the page that was there. */
  async page(address: string, html: string, stamp: number): Promise<boolean> {
    return await this.#writePage(join(address, 'index.html'), html, stamp);
  }

  /** Removes all other pages. Scripts, styles and pictures stay: a page that is open somewhere may still ask for them. */
  async keepOnly(addresses: readonly string[]): Promise<void> {
    const kept = new Set(addresses);
    for (const file of await filesIn(this.#folder)) {
      if (file.endsWith('.html') && !kept.has(addressOf(file))) await rm(join(this.#folder, file));
    }
  }

  async #writePage(file: string, html: string, stamp: number): Promise<boolean> {
    const before = await readFile(join(this.#folder, file), 'utf8').catch(() => undefined);
    if (before?.replace(STAMP, '') === html) return false;
    await replaceFile(join(this.#folder, file), (path) => writeFile(path, stamped(html, stamp)));
    return true;
  }

  async #copy(from: string, file: string): Promise<void> {
    await replaceFile(join(this.#folder, file), (path) => copyFile(from, path));
  }
}

async function replaceFile(path: string, write: (path: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.new`;
  await write(unfinished);
  await rename(unfinished, path);
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

/** `courses/first-steps/index.html` → `/courses/first-steps/`. */
const addressOf = (file: string) => `/${file.replace(/index\.html$/, '').replace(/\.html$/, '/')}`;
