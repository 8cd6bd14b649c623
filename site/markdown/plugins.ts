import type { HastPluginEntry, MdastPluginEntry } from 'satteri';
import { asides } from './asides.ts';
import { codeBlocks } from './code-blocks.ts';
import { figures } from './figures.ts';
import { hiddenFences } from './hidden-fences.ts';
import { links, outwardLinks } from './links.ts';
import { quizzes } from './quizzes.ts';
import { tables } from './tables.ts';
import { tabs } from './tabs.ts';
import { tasks } from './tasks.ts';
import { textDirectives } from './text-directives.ts';
import { wholeWords } from './words.ts';

/** What makes a page of a lesson's Markdown, in order. What only the server reads is taken out first. */
export const MDAST_PLUGINS: MdastPluginEntry[] = [
  hiddenFences,
  textDirectives,
  asides,
  tabs,
  figures,
  links,
  tasks,
  quizzes,
];

export const HAST_PLUGINS: HastPluginEntry[] = [codeBlocks, outwardLinks, wholeWords, tables];
