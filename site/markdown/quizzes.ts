import { defineMdastPlugin, type MdastNode, type MdastPluginEntry } from 'satteri';

type Container = Extract<MdastNode, { type: 'containerDirective' }>;
type Block = Container['children'][number];
type List = Extract<MdastNode, { type: 'list' }>;

/**
 * `:::quiz`: the question, and a list of its answers. Which of them are right, and why, is taken out of the text before
 * anything is made of it; the server grades. How many may be chosen is all that the page is told.
 */
export const quizzes: MdastPluginEntry = () => {
  let number = 0;
  return defineMdastPlugin({
    name: 'slipway-quizzes',
    containerDirective(node, context) {
      if (node.name !== 'quiz') return;
      const id = String(node.attributes?.['id'] ?? '');
      const answers = node.children.findLast((child): child is List => child.type === 'list' && isAnswers(child));
      if (answers === undefined) throw new Error(`The quiz "${id}" has no answers.`);
      number += 1;
      const several = answers.children.filter(({ checked }) => checked).length > 1;
      const question = node.children.filter((child) => child !== answers);
      context.replaceNode(node, {
        ...node,
        data: {
          hName: 'slipway-quiz',
          hProperties: {
            id,
            class: 'quiz',
            role: several ? 'group' : 'radiogroup',
            'aria-labelledby': `${id}-question`,
            ...(several && { 'data-several': '' }),
          },
        },
        children: [
          html(`<p class="quiz-label">Question ${number}</p><div class="quiz-question" id="${id}-question">`),
          ...question,
          html('</div>'),
          withoutMarks(answers),
          html(
            '<div class="quiz-actions"><button type="button" class="quiz-send">Answer</button><p class="quiz-status" role="status"></p><button type="button" class="quiet-button quiz-why">Show why</button></div>',
          ),
        ],
      });
    },
  });
};

const html = (value: string): Block => ({ type: 'html', value });

const isAnswers = (list: List) => list.children.every(({ checked }) => checked === true || checked === false);

/** The first paragraph of an item is the answer, the rest of it the explanation. */
function withoutMarks(answers: List): List {
  return {
    ...answers,
    spread: false,
    data: { hProperties: { class: 'quiz-answers' } } as List['data'],
    children: answers.children.map((item) => ({
      type: 'listItem',
      spread: false,
      children: item.children.slice(0, 1),
    })),
  } as List;
}
