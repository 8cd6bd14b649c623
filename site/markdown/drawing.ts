import { optimize } from 'svgo';
import { escapeHtml } from './html.ts';

/**
 * An SVG file as part of the page: it is drawn with the page's tokens and fonts, and follows the colour scheme. `prefix`
 * keeps its ids and class names apart from all others of the page. The caller has looked that it holds no scripts.
 */
export function drawInPlace(source: string, alt: string, prefix: string): string {
  const { data } = optimize(source, {
    js2svg: { pretty: false },
    plugins: [
      'removeDoctype',
      'removeXMLProcInst',
      'removeComments',
      'removeMetadata',
      'removeEditorsNSData',
      'removeTitle',
      'removeDesc',
      { name: 'prefixIds', params: { prefix, delim: '-' } },
    ],
  });
  const [, width] = /viewBox="[\d.-]+[ ,]+[\d.-]+[ ,]+([\d.]+)/.exec(data) ?? [];
  const attributes = data.replace(/^<svg([^>]*)>[^]*$/, (_, all: string) =>
    all.replaceAll(/\s(?:width|height)="[^"]*"/g, ''),
  );
  const content = data.replace(/^<svg[^>]*>/, '');
  return `<svg${attributes} role="img" aria-label="${escapeHtml(alt)}" style="max-width:${width}px">${content}`;
}
