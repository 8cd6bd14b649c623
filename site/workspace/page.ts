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
