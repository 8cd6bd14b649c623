import { listenForActions } from './actions.ts';
import { describeMenu, MENU_ACTIONS } from './menu.ts';
import { SlipwayMenu } from './menu-element.ts';
import { onPreferences } from './preferences.ts';
import { listenForShortcuts } from './shortcuts.ts';

// Runs once; the pages that the router puts in place of one another come and go under it.
customElements.define('slipway-menu', SlipwayMenu);
listenForActions(MENU_ACTIONS);
listenForShortcuts();
onPreferences(describeMenu);
document.addEventListener('astro:page-load', describeMenu);
// What popovers of the header tell is asked for when they open.
document.addEventListener(
  'toggle',
  (event) => {
    const { target, newState } = event as ToggleEvent & { target: HTMLElement };
    if (newState === 'open' && 'lessonList' in target.dataset) void tellLessonList(target);
    const life = target.querySelector<HTMLElement>('[data-life]');
    if (newState === 'open' && life !== null) void tellLife(life);
  },
  { capture: true },
);

async function tellLessonList(list: HTMLElement): Promise<void> {
  (await import('./course-progress.ts')).tellLessonList(list);
}

async function tellLife(place: HTMLElement): Promise<void> {
  (await import('./sandbox-life.ts')).tellLife(place);
}
