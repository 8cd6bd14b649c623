import { describe, expect, it } from 'vitest';
import { courseSchema, lessonSchema } from '../../../site/course/schema.ts';
import { readYaml } from '../../../site/course/yaml.ts';

const COURSE = `title: Containers
summary: What they are.
authors: [A, B]
licence: CC-BY-SA-4.0
image: containers
lessons:
  - 01-introduction
`;

function problemsOf(text: string, schema: typeof courseSchema | typeof lessonSchema = courseSchema) {
  const read = readYaml({ file: 'course.yaml', text, firstLine: 1 }, schema);
  return 'problems' in read ? read.problems : [];
}

describe('course.yaml', () => {
  it('is read', () => {
    expect(readYaml({ file: 'course.yaml', text: COURSE, firstLine: 1 }, courseSchema)).toMatchObject({
      value: {
        title: 'Containers',
        summary: 'What they are.',
        objectives: [],
        authors: ['A', 'B'],
        licence: 'CC-BY-SA-4.0',
        image: 'containers',
        lessons: ['01-introduction'],
      },
    });
  });

  it('with an unknown key: its line, the keys that exist, and the one that was meant', () => {
    expect(problemsOf(COURSE.replace('authors', 'autors'))).toContainEqual({
      file: 'course.yaml',
      line: 3,
      column: 1,
      what: 'unknown key "autors"',
      expected: 'one of title, summary, audience, objectives, authors, licence, image, lessons',
      mend: 'Write "authors" in place of "autors".',
    });
  });

  it('with a key missing: an example to copy', () => {
    expect(problemsOf(COURSE.replace(/^licence.*\n/m, ''))).toEqual([
      {
        file: 'course.yaml',
        line: 1,
        column: 1,
        what: '"licence" is missing',
        expected: expect.stringContaining('an SPDX licence identifier') as string,
        mend: 'Write for example: licence: CC-BY-SA-4.0',
      },
    ]);
  });

  it.each([
    ['an empty title', COURSE.replace('title: Containers', 'title: ""'), 1],
    ['an image that is no name', COURSE.replace('image: containers', 'image: Con tainers'), 5],
    ['a lesson without a number', COURSE.replace('01-introduction', 'introduction'), 7],
    ['a lesson twice', `${COURSE}  - 01-introduction\n`, 7],
    ['authors that are no list', COURSE.replace('[A, B]', 'A'), 3],
  ])('with %s: the line where it stands', (_, text, line) => {
    expect(problemsOf(text)).toMatchObject([{ line, what: expect.stringContaining('does not fit') }]);
  });

  it('that is not YAML: the line, in words', () => {
    const [problem] = problemsOf(COURSE.replace('What they are.', 'What: they are'));
    expect(problem).toMatchObject({ line: 2, what: expect.stringContaining('not YAML') });
  });

  it('that is empty: all keys that are needed', () => {
    expect(problemsOf('')).toHaveLength(6);
  });

  it('with a key twice: its line', () => {
    expect(problemsOf(`${COURSE}title: Again\n`)).toMatchObject([{ line: 8 }]);
  });
});

describe('frontmatter', () => {
  it('has one terminal where it names none', () => {
    const text = 'title: A\nsummary: B\nduration: 5\n';
    expect(readYaml({ file: 'index.md', text, firstLine: 2 }, lessonSchema)).toMatchObject({
      value: { terminals: ['main'], objectives: [] },
    });
  });

  it.each(['0', '2.5', '"20"', '601'])('takes no duration of %s', (duration) => {
    expect(problemsOf(`title: A\nsummary: B\nduration: ${duration}\n`, lessonSchema)).toMatchObject([{ line: 3 }]);
  });

  it.each(['[]', '[Main]', '[main, main]', '["a b"]', '[a, b, c, d, e, f, g]'])('takes no terminals %s', (names) => {
    const text = `title: A\nsummary: B\nduration: 5\nterminals: ${names}\n`;
    expect(problemsOf(text, lessonSchema)).toMatchObject([{ line: 4 }]);
  });

  it.each(['extra-1', 'extra-0', 'extra-07', 'extra-99'])('leaves %s to learners: the line of the list', (name) => {
    const text = `title: A\nsummary: B\nduration: 5\nterminals:\n  - main\n  - ${name}\n`;
    expect(problemsOf(text, lessonSchema)).toEqual([
      {
        file: 'course.yaml',
        line: 6,
        column: 5,
        what: '"terminals" has a value that does not fit',
        expected: expect.stringContaining('not extra-1') as string,
        mend: 'Write for example: terminals: [main, second]',
      },
    ]);
  });

  it.each(['extra', 'extra-one', 'extras-1', 'extra-1a'])('may call a terminal %s', (name) => {
    const text = `title: A\nsummary: B\nduration: 5\nterminals: [${name}]\n`;
    expect(problemsOf(text, lessonSchema)).toEqual([]);
  });
});
