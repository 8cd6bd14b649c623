import { make } from '../terminal/dom.ts';
import type { SlipwayTerminal } from '../terminal/element.ts';

/** Keys that a phone's keyboard lacks. `application` is what an arrow sends where a program asked for it. */
const KEYS: { label: string; name?: string; sends: string; application?: string }[] = [
  { label: 'Esc', sends: '\u001b' },
  { label: 'Tab', sends: '\t' },
  { label: '←', name: 'Left', sends: '\u001b[D', application: '\u001bOD' },
  { label: '↑', name: 'Up', sends: '\u001b[A', application: '\u001bOA' },
  { label: '↓', name: 'Down', sends: '\u001b[B', application: '\u001bOB' },
  { label: '→', name: 'Right', sends: '\u001b[C', application: '\u001bOC' },
  { label: '|', name: 'Pipe', sends: '|' },
  { label: '/', name: 'Slash', sends: '/' },
  { label: '-', name: 'Hyphen', sends: '-' },
];

/** A row of keys below the terminal, on screens that are touched. */
export class KeyRow {
  readonly element = make('div', { class: 'key-row', role: 'toolbar', 'aria-label': 'Keys for the terminal' });

  constructor(terminal: () => SlipwayTerminal | undefined) {
    const control = make('button', { type: 'button', 'aria-pressed': 'false' }, 'Ctrl');
    control.addEventListener('click', () => {
      const active = terminal();
      if (active === undefined) return;
      const pressed = control.getAttribute('aria-pressed') !== 'true';
      control.setAttribute('aria-pressed', String(pressed));
      active.holdControl(pressed ? () => control.setAttribute('aria-pressed', 'false') : null);
      active.focus();
    });
    const keys = KEYS.map(({ label, name, sends, application }) => {
      const key = make('button', { type: 'button', 'aria-label': name }, label);
      key.addEventListener('click', () => {
        const active = terminal();
        active?.type(active.applicationCursorKeys && application !== undefined ? application : sends);
      });
      return key;
    });
    this.element.append(...keys.slice(0, 2), control, ...keys.slice(2));
    // A press must not take the focus from the terminal: the phone's keyboard would go down.
    this.element.addEventListener('pointerdown', (event) => event.preventDefault());
  }
}
