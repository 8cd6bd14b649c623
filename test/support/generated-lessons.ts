/** Courses of any number of lessons, each with every part that costs a build time. For figures; nobody reads them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Two digits number the lessons of a course; a course of more would be hard to find one's way in. */
const LESSONS_OF_A_COURSE = 20;

/** Writes `count` lessons, in as many courses as they need, into `folder`/lessons. Returns that folder. */
export function generateLessons(folder: string, count: number): string {
  const lessons = join(folder, 'lessons');
  for (let first = 0; first < count; first += LESSONS_OF_A_COURSE) {
    const course = `course-${first / LESSONS_OF_A_COURSE + 1}`;
    const names = Array.from({ length: Math.min(LESSONS_OF_A_COURSE, count - first) }, (_, index) => nameOf(index));
    write(join(lessons, course, 'course.yaml'), courseOf(course, names));
    for (const [index, name] of names.entries()) {
      const nextName = names[index + 1];
      write(join(lessons, course, name, 'index.md'), lessonOf(course, index + 1, nextName));
      write(join(lessons, course, name, 'drawing.svg'), DRAWING);
    }
  }
  write(join(lessons, 'course-1', 'image', 'image.yaml'), IMAGE);
  return lessons;
}

const nameOf = (index: number) => `${String(index + 1).padStart(2, '0')}-lesson-${index + 1}`;

function write(path: string, text: string): void {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
}

const IMAGE = `name: generated
profile: standard
from:
  debian:
    suite: bookworm
    packages: [procps]
`;

const DRAWING = `<svg viewBox="0 0 640 320" xmlns="http://www.w3.org/2000/svg">
  <rect x="20" y="20" width="600" height="280" fill="none" stroke="currentColor" />
  <text x="320" y="160" text-anchor="middle" fill="currentColor">a box</text>
</svg>
`;

const courseOf = (course: string, names: readonly string[]) => `title: "Generated: ${course}"
summary: Lessons that a program wrote.
authors: [A program]
licence: CC0-1.0
image: generated
lessons: [${names.join(', ')}]
`;

/** About as long as a real one: some 150 lines. */
function lessonOf(course: string, number: number, next: string | undefined): string {
  const sections = Array.from({ length: 6 }, (_, index) => sectionOf(course, number, index + 1));
  const onward = next === undefined ? '' : `\nGo on with [the next lesson](../${next}/index.md#section-1).\n`;
  return `---
title: Lesson ${number} of ${course}
summary: What a program has to say in its lesson ${number}.
duration: 15
objectives: [read a generated lesson, list processes]
terminals: [main, second]
---

A paragraph with *emphasis*, \`code\` and [a link](#section-2), as in every lesson.

![A box with the words “a box”.](drawing.svg)

${sections.join('\n')}${onward}`;
}

const sectionOf = (course: string, number: number, section: number) => `## Section ${section}

Text of ${course}, lesson ${number}: a process has a number, a parent and an owner, and the kernel keeps a table of all of
them. The shell asks for it:

\`\`\`sh run
ps -o pid,ppid,user,comm | head -n ${section + 1}
\`\`\`

\`\`\`output
  PID  PPID USER     COMMAND
...
\`\`\`

:::tip
A second terminal sees the same processes.
:::

\`\`\`sh run terminal=second
for i in 1 2 3; do echo "section ${section}, line $i"; done
\`\`\`

- one item with \`code-${section}\`
- another, with **weight**

| Column | Value |
| ------ | ----- |
| lesson | ${number} |
| part   | ${section} |
`;
