import { posix } from 'node:path';
import { slugOfLesson } from './names.ts';
import type { Mistake } from './problem.ts';

/**
 * Where a link leads. Links between lessons name files, as on GitHub: `../02-namespaces/index.md#by-hand`. `course` and
 * `lesson` are folder names; `anchor` is empty where there is none.
 */
export type Target =
  | { kind: 'elsewhere'; url: string }
  | { kind: 'here'; anchor: string }
  | { kind: 'lesson'; course: string; lesson: string; anchor: string };

/** What may be reached outside. Everything else, `javascript:` first, has no business in a lesson. */
const SCHEMES = ['http:', 'https:', 'mailto:'];

/** The file of a lesson below the folder of the courses: `course/01-lesson/index.md`, or its folder. */
const LESSON_FILE = /^(?<course>[^/]+)\/(?<lesson>[^/]+)\/(?:index\.md)?$/;

const EXPECTED = 'an address (https://…), an #anchor of this lesson, or a lesson’s file (../02-name/index.md#anchor)';

/** Reads a link of the lesson in the folder `lesson` of `course`. Whether its target exists is not looked at here. */
export function readLink(url: string, course: string, lesson: string): { target: Target } | { mistake: Mistake } {
  if (/^[a-z][a-z0-9+.-]*:/i.test(url)) {
    const scheme = URL.canParse(url) ? new URL(url).protocol : '';
    if (SCHEMES.includes(scheme)) return { target: { kind: 'elsewhere', url } };
    return { mistake: { what: `"${url}" leads nowhere`, expected: EXPECTED, mend: 'Mend the address.' } };
  }
  const [path = '', fragment = ''] = url.split(/#(.*)/s);
  const anchor = decode(fragment);
  if (path === '') {
    if (anchor !== '') return { target: { kind: 'here', anchor } };
    return { mistake: { what: 'a link that leads nowhere', expected: EXPECTED, mend: 'Write where it leads.' } };
  }
  const names = path.startsWith('/') ? undefined : LESSON_FILE.exec(posix.join(course, lesson, decode(path)))?.groups;
  if (names === undefined) {
    const mend = 'Name the lesson’s file, as seen from this lesson’s folder.';
    return { mistake: { what: `"${url}" is no lesson’s file`, expected: EXPECTED, mend } };
  }
  return { target: { kind: 'lesson', course: names['course'] ?? '', lesson: names['lesson'] ?? '', anchor } };
}

/** The target's address on the site. */
export function addressOf(target: Target): string {
  if (target.kind === 'elsewhere') return target.url;
  const fragment = target.anchor === '' ? '' : `#${encodeURIComponent(target.anchor.toWellFormed())}`;
  if (target.kind === 'here') return fragment;
  return `/courses/${target.course}/${slugOfLesson(target.lesson) ?? target.lesson}/${fragment}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that encodes nothing.
    return text;
  }
}
