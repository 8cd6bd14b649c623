import { defineTerminal } from '../terminal/element.ts';
import { SlipwayCode } from './code-block.ts';
import { SlipwayDivider } from './divider.ts';
import { LessonDesk } from './lesson-desk.ts';
import { keepReadingPlace } from './reading-place.ts';
import { preparePrinting } from './print.ts';
import { SlipwayQuiz } from './quiz-element.ts';
import { listenForRegions } from './regions.ts';
import { SlipwayTabs } from './tabs.ts';
import { SlipwayAsk, SlipwayTask } from './task-element.ts';
import { SlipwayTerminals } from './terminals.ts';

defineTerminal();
customElements.define('slipway-terminals', SlipwayTerminals);
customElements.define('slipway-divider', SlipwayDivider);
customElements.define('slipway-code', SlipwayCode);
customElements.define('slipway-tabs', SlipwayTabs);
customElements.define('slipway-task', SlipwayTask);
customElements.define('slipway-ask', SlipwayAsk);
customElements.define('slipway-quiz', SlipwayQuiz);
listenForRegions();
preparePrinting();

let page = new AbortController();

document.addEventListener('astro:before-swap', () => page.abort());
document.addEventListener('astro:page-load', () => {
  page.abort();
  page = new AbortController();
  const text = document.querySelector<HTMLElement>('[data-terminals]');
  if (text === null) return;
  const reading = keepReadingPlace(text, (place) => desk.say({ type: 'reading', ...place }), page.signal);
  const desk = new LessonDesk(text, (place) => reading.comeTo(place), page.signal);
  // So that the arrow keys scroll the text from the start.
  if (document.activeElement === document.body) text.focus({ preventScroll: true });
  // The terminals lived on from the lesson before; this one may have others.
  const names = text.dataset['terminals']?.split(' ') ?? [];
  document.querySelector<SlipwayTerminals>('slipway-terminals')?.show(names, text.dataset['lesson'] ?? '');
});
