/** Compressed copies beside the built site's files, made once, so that the gateway compresses nothing while it serves. */
import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** Fonts and pictures are compressed in themselves. */
const TEXTS = new Set(['.html', '.js', '.css', '.svg', '.json', '.txt', '.xml']);

/** In bytes. A smaller file fits into one packet as it is. */
const SMALLEST = 1024;

const brotli = promisify(brotliCompress);
const deflate = promisify(gzip);

/** `<file>.br` and `<file>.gz` for every text under the folder. @fastify/static sends them in place of the file. */
export async function compressSite(folder: string): Promise<void> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => TEXTS.has(extname(path)));
  await Promise.all(files.map((path) => compress(join(folder, path))));
}

/** One below the best: a third of the time for a fortieth more bytes, and a school may have a thousand pages. */
const PAGE_QUALITY = constants.BROTLI_MAX_QUALITY - 1;

async function compress(path: string): Promise<void> {
  const text = await readFile(path);
  if (text.length < SMALLEST) return;
  const best = extname(path) === '.html' ? PAGE_QUALITY : constants.BROTLI_MAX_QUALITY;
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: best } };
  await Promise.all([
    brotli(text, quality).then((packed) => writeFile(`${path}.br`, packed)),
    // For plain http, where browsers offer no Brotli.
    deflate(text, { level: constants.Z_BEST_COMPRESSION }).then((packed) => writeFile(`${path}.gz`, packed)),
  ]);
}
