import { defineMdastPlugin, type MdastNode, type MdastPluginEntry } from 'satteri';
import { escapeHtml } from './html.ts';

type Container = Extract<MdastNode, { type: 'containerDirective' }>;
type Block = Container['children'][number];

/**
 * `::::task` and `::::ask`: a numbered part of the text with a heading of its own; the id is the anchor. `:::hint` is
 * folded away below. All that the script needs has its place from the start; without script, CSS leaves it out.
 */
export const tasks: MdastPluginEntry = () => {
  let number = 0;
  let depth = 1;
  return defineMdastPlugin({
    name: 'slipway-tasks',
    heading(node) {
      depth = node.depth;
    },
    containerDirective(node, context) {
      if (node.name !== 'task' && node.name !== 'ask') return;
      const { id = '', title = '', needs } = node.attributes ?? {};
      const hints = node.children.filter(isHint);
      const text = node.children.filter((child) => !isHint(child));
      number += 1;
      const level = Math.min(depth + 1, 6);
      const heading = `<h${level} class="task-title" id="${escapeHtml(String(id))}-title"><span class="task-number">Task ${number}</span> ${escapeHtml(String(title))}</h${level}>`;
      context.replaceNode(node, {
        ...node,
        data: {
          hName: `slipway-${node.name}`,
          hProperties: {
            id: String(id),
            class: 'task',
            role: 'group',
            'aria-labelledby': `${id}-title`,
            'data-number': number,
            'data-title': String(title),
            ...(needs && { 'data-needs': String(needs) }),
          },
        },
        children: [
          html(heading),
          ...text,
          html(controlsOf(node.name, `${id}-title`, hints.length)),
          ...hints.map(hintOf),
        ],
      });
    },
  });
};

const html = (value: string): Block => ({ type: 'html', value });

const isHint = (node: MdastNode): node is Container => node.type === 'containerDirective' && node.name === 'hint';

function hintOf(hint: Container, index: number, { length }: readonly Container[]): Block {
  const summary = length === 1 ? 'Hint' : `Hint ${index + 1} of ${length}`;
  return {
    ...hint,
    data: { hName: 'details', hProperties: { class: 'hint' } },
    children: [html(`<summary>${summary}</summary>`), ...hint.children],
  };
}

/** As wide as the longest words that may come: nothing moves when they do. */
function quiet(action: string, label: string, longest: string): string {
  return `<button type="button" class="quiet-button" data-action="${action}" data-longest="${longest}"><span>${label}</span></button>`;
}

function controlsOf(kind: string, labelledBy: string, hints: number): string {
  const check = '<button type="submit" class="task-check"><span>Check</span></button>';
  const answer =
    kind === 'ask'
      ? `<input type="text" class="task-answer" name="answer" maxlength="500" autocomplete="off" autocapitalize="off" spellcheck="false" aria-labelledby="${labelledBy}" placeholder="Your answer" />`
      : '';
  return [
    `<form class="task-actions">${answer}${check}`,
    hints > 0 ? quiet('hint', hints === 1 ? 'Show the hint' : `Hint 1 of ${hints}`, 'Show the hints') : '',
    quiet('solution', 'Show the solution', 'Show the solution'),
    quiet('move', 'Go to this task…', 'Reset this task…'),
    '</form><div class="task-status" data-state="unknown"></div>',
  ].join('');
}
