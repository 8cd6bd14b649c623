/** Courses of any size, each lesson as rich as a real one: for figures of what grows with the number of lessons. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A lesson's folder has two digits for its order; twenty lessons are a long course. */
const LESSONS_OF_A_COURSE = 20;
const TASKS = 6;

/** Lays `count` lessons into a folder of courses. */
export function layLessons(folder: string, count: number): void {
  for (let first = 0; first < count; first += LESSONS_OF_A_COURSE) {
    layCourse(folder, first / LESSONS_OF_A_COURSE + 1, Math.min(LESSONS_OF_A_COURSE, count - first));
  }
}

function layCourse(folder: string, number: number, count: number): void {
  const lessons = Array.from({ length: count }, (_, index) => `${String(index + 1).padStart(2, '0')}-part`).map(
    (name, index) => `${name}-${index + 1}`,
  );
  const course = join(folder, `course-${number}`);
  const lay = (path: string, text: string) => {
    mkdirSync(dirname(join(course, path)), { recursive: true });
    writeFileSync(join(course, path), text);
  };
  lay('course.yaml', courseYaml(number, lessons));
  lay('image/image.yaml', `name: image-${number}\nfrom:\n  debian:\n    suite: bookworm\n    packages: [procps]\n`);
  for (const [index, name] of lessons.entries()) {
    lay(`${name}/index.md`, lesson(index, lessons[index + 1] ?? lessons[0]!));
    lay(`${name}/drawing.svg`, '<svg viewBox="0 0 90 60"><rect width="90" height="60"/></svg>\n');
    lay(`${name}/files/list.txt`, 'one\ntwo\nthree\n');
    lay(`${name}/setup.sh`, '# slipway: timeout=20\nmkdir -p /srv/course\n');
  }
}

const courseYaml = (number: number, lessons: readonly string[]) =>
  [
    `title: Course ${number}`,
    'summary: A course that was generated.',
    'authors: [The Slipway authors]',
    'licence: CC0-1.0',
    `image: image-${number}`,
    `lessons: [${lessons.join(', ')}]`,
    '',
  ].join('\n');

const PARAGRAPH =
  'A process sees what its namespaces hold: a table of processes, of network interfaces, of mounted file systems. ' +
  'Where the numbers in `/proc/self/ns` differ, two processes do not see the *same*, however near they are to each ' +
  'other in the list that `ps` shows, and **nothing** that one of them does there reaches the other.\n';

const lesson = (index: number, next: string) => `---
title: Part ${index + 1}
summary: What part ${index + 1} of the course is about, in one sentence.
duration: 20
objectives: [say what a process sees, tell which namespaces it is in]
terminals: [main, second]
---

${PARAGRAPH}
After this comes [the next part](../${next}/index.md#what-a-process-sees).

:::figure[What a process sees.]
![A rectangle that stands for a process, without anything in it.](drawing.svg)
:::

## What a process sees

${Array.from({ length: TASKS }, (_, task) => part(task)).join('\n')}
:::note
${PARAGRAPH}:::

:::quiz{#kernel}
What do all containers of a machine share?

- [x] The kernel.

  There is one, and \`uname -r\` names it.

- [ ] Their files.
- [ ] Their processes.

:::
`;

const part = (task: number) => `### Step ${task + 1}

${PARAGRAPH}
\`\`\`sh run
ls -l /proc/self/ns
\`\`\`

\`\`\`output
...
\`\`\`

::::task{#task-${task} title="Do step ${task + 1}"${task > 0 ? ` needs=task-${task - 1}` : ''}}
${PARAGRAPH}
\`\`\`sh solve
wc -l < list.txt > count-${task}.txt
\`\`\`

\`\`\`sh check
expect_file count-${task}.txt
expect_equal "$(cat count-${task}.txt)" "$(wc -l < list.txt)" 'number of lines'
\`\`\`

:::hint
\`wc\` counts lines.
:::

:::hint
Its output goes into a file with \`>\`.
:::
::::
`;
