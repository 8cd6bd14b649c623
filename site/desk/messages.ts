/** What the process that makes the desk's pages and the one that started it say to each other over their IPC channel. */
import type { Problem } from '../course/problem.ts';

/** Files have changed: look at them again. */
export interface DeskRequest {
  type: 'look';
}

export type DeskMessage =
  /** The whole site was built; `look` is answered from here on. */
  | { type: 'built' }
  /** Pages and what the server is told, as they are in their folder now. */
  | { type: 'changed'; change: DeskChange }
  /** An author's mistakes, all that there are. Nothing was changed. Empty: those told before are mended. */
  | { type: 'problems'; problems: readonly Problem[] }
  /** Something changed that is built into all pages: this process has to be replaced by a new one. */
  | { type: 'outdated' };

export interface DeskChange {
  /** Addresses of pages that read differently now. */
  pages: readonly string[];
  /** Of all of them: the number that the pages carry in their `data-desk`. Later changes have higher ones. */
  stamp: number;
  /** Whether courses.json differs. */
  manifest: boolean;
}
