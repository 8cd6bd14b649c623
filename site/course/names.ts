import { MAX_OWN_TERMINALS, MAX_SANDBOX_TERMINALS } from '../../sandbox-server/protocol/limits.ts';
import { isReserved } from '../../sandbox-server/protocol/own-terminals.ts';

/** Names that become part of an address: courses, lessons, images. */
export const NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** 63 is what a DNS label takes; images and previews may need that one day. */
export const MAX_NAME_LENGTH = 63;

export function isName(text: string): boolean {
  return text.length <= MAX_NAME_LENGTH && NAME.test(text);
}

/** A course or a lesson that is not ready to be shown has a folder whose name starts with an underscore or a dot. */
export const isLeftOut = (folder: string) => /^[_.]/.test(folder);

/** What `init` takes for a terminal: it becomes part of the shell's environment. */
export const TERMINAL = /^[a-z][a-z0-9-]{0,31}$/;

/** Whether a lesson may call a terminal so. */
export function isTerminalName(text: string): boolean {
  return TERMINAL.test(text) && !isReserved(text);
}

/** Terminals that all lessons of a course may have together: they share one sandbox, and the learner opens more. */
export const MAX_TERMINALS = MAX_SANDBOX_TERMINALS - MAX_OWN_TERMINALS;

/** A lesson's folder: two digits that order it for people, then the name that stands in its address. */
export const LESSON_FOLDER = /^\d{2}-(?<slug>[a-z0-9]+(?:-[a-z0-9]+)*)$/;

/** `01-introduction` → `introduction`; undefined where the folder's name is not of this form. */
export function slugOfLesson(folder: string): string | undefined {
  const slug = LESSON_FOLDER.exec(folder)?.groups?.['slug'];
  return slug !== undefined && isName(slug) ? slug : undefined;
}
