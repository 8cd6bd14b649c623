/** How a command is typed into a terminal. A page types it, and so does whoever tests its lesson: both in the same way. */

const BRACKET_OPEN = '\u001b[200~';
const BRACKET_CLOSE = '\u001b[201~';

/**
 * C0 and C1 controls and DEL, all but tab and the ends of lines. ESC would end a bracketed paste early, and the rest of the
 * paste would run; the others are keys such as Ctrl-C and Ctrl-D. No text needs them.
 */
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

/** Text that is safe to type: no control characters, and each end of line the one that the Enter key sends. */
export function sanitisePaste(text: string): string {
  return text.replace(CONTROLS, '').replace(/\r\n|\n/g, '\r');
}

/** Lines that a shell would be given; an end of line at the very end does not start another one. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** What is sent for a paste of text that went through sanitisePaste(). */
export function encodePaste(text: string, bracketed: boolean): string {
  return bracketed ? `${BRACKET_OPEN}${text}${BRACKET_CLOSE}` : text;
}

/**
 * What is sent to run a block: as one paste where the shell takes it, so that its lines are one entry in the history and
 * are run together; else line by line. Enter ends it.
 */
export function encodeCommand(source: string, bracketed: boolean): string {
  const text = sanitisePaste(linesOf(source).join('\n'));
  return `${encodePaste(text, bracketed && text.includes('\r'))}\r`;
}
