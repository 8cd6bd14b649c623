import { defineHastPlugin, type HastNode } from 'satteri';
import { parseFence, type Fence } from '../course/fence.ts';

type HastElement = Extract<HastNode, { type: 'element' }>;

/**
 * Wraps each fenced block in `<slipway-code>` with its text as the author wrote it: what is run and copied comes from
 * there, never from the rendered lines. Runs before Expressive Code, which then renders the block in its place.
 */
export const codeBlocks = defineHastPlugin({
  name: 'slipway-code-blocks',
  element: {
    filter: ['pre'],
    visit(node, context) {
      const [code] = node.children;
      if (code?.type !== 'element' || code.tagName !== 'code') return;
      const { lang, meta } = (code.data ?? {}) as { lang?: string; meta?: string };
      const terminals = terminalsOf(context.data);
      const parsed = parseFence(lang ?? '', meta ?? '', terminals);
      if ('mistakes' in parsed) throw new Error(parsed.mistakes.map(({ what }) => what).join('; '));
      const source = context.textContent(code).replace(/\n$/, '');
      context.wrapNode(node, {
        type: 'element',
        tagName: 'slipway-code',
        properties: attributesOf(parsed.fence, source),
        children: [controlsOf(parsed.fence, terminals)],
      });
    },
  },
});

/** Astro hands the lesson's frontmatter along; parseLesson() has checked it before. */
function terminalsOf(data: unknown): string[] {
  const { astro } = data as { astro?: { frontmatter?: { terminals?: string[] } } };
  return astro?.frontmatter?.terminals ?? ['main'];
}

function attributesOf(fence: Fence, source: string): Record<string, string> {
  const attributes: Record<string, string> = { 'data-kind': fence.kind, 'data-source': source };
  if (fence.kind !== 'command') return attributes;
  attributes['data-terminal'] = fence.terminal;
  attributes['data-exit'] = String(fence.exit);
  if (fence.interrupt) attributes['data-interrupt'] = '';
  if (fence.background) attributes['data-background'] = '';
  if (fence.opens !== undefined) attributes['data-opens'] = fence.opens;
  return attributes;
}

/** In the page from the start, so that nothing moves when the script arrives; without script, CSS leaves them out. */
function controlsOf(fence: Fence, terminals: readonly string[]): HastElement {
  const children: HastElement[] = [];
  if (fence.kind === 'command') {
    const where = fence.terminal === terminals[0] ? '' : ` in ${fence.terminal}`;
    const hint = `${fence.interrupt ? 'Presses Ctrl-C, then types' : 'Types'} this into the terminal “${fence.terminal}” and presses Enter`;
    children.push(button('run', `Run${where}`, hint));
  }
  children.push(button('copy', 'Copy', 'Copy to the clipboard'));
  return { type: 'element', tagName: 'div', properties: { className: ['code-controls'] }, children };
}

function button(action: string, label: string, title: string): HastElement {
  return {
    type: 'element',
    tagName: 'button',
    properties: { type: 'button', className: [`code-${action}`], 'data-action': action, title },
    children: [{ type: 'element', tagName: 'span', properties: {}, children: [{ type: 'text', value: label }] }],
  };
}
