import type { Lesson } from './lesson.ts';
import { MAX_TERMINALS } from './names.ts';
import { nearest, type Problem } from './problem.ts';

export const badFolder = (place: string, id: string): Problem => ({
  file: place,
  line: 1,
  what: `"${id}" cannot be a course’s address`,
  expected: 'a folder name of lower-case letters, digits and hyphens',
  mend: 'Rename the folder, or put an underscore before its name to leave it out.',
});

export const noCourseFile = (place: string): Problem => ({
  file: `${place}/course.yaml`,
  line: 1,
  what: 'the course has no course.yaml',
  expected: 'a file with title, summary, authors, licence, image and lessons',
  mend: 'Write it, or put an underscore before the folder’s name to leave it out.',
});

export const noLesson = (file: string, line: number, name: string, names: readonly string[]): Problem => {
  const meant = nearest(name, names);
  return {
    file,
    line,
    what: `there is no lesson in the folder "${name}"`,
    expected: `a file ${name}/index.md beside course.yaml`,
    mend: meant === undefined ? `Write ${name}/index.md, or take "${name}" off the list.` : `Write "${meant}".`,
  };
};

export const notListed = (file: string, line: number, name: string): Problem => ({
  file,
  line,
  what: `the lesson "${name}" is not listed`,
  expected: 'every lesson’s folder under "lessons:"',
  mend: `Add "${name}" to the list, or put an underscore before the folder’s name to leave it out.`,
});

export function tooManyTerminals(file: string, line: number, lessons: readonly Lesson[]): Problem[] {
  const names = new Set(lessons.flatMap(({ terminals }) => terminals));
  if (names.size <= MAX_TERMINALS) return [];
  return [
    {
      file,
      line,
      what: `the lessons have ${names.size} terminals of different names`,
      expected: `at most ${MAX_TERMINALS} in a course: all of its lessons share one sandbox`,
      mend: 'Give terminals of different lessons the same names, such as "main" and "second".',
    },
  ];
}

export function sameAddress(file: string, line: number, lessons: readonly Lesson[]): Problem[] {
  const first = new Map<string, string>();
  return lessons.flatMap(({ id, slug }) => {
    const other = first.get(slug);
    first.set(slug, other ?? id);
    if (other === undefined) return [];
    const what = `"${other}" and "${id}" have the same address`;
    return [{ file, line, what, expected: 'folder names that differ after their numbers', mend: 'Rename one.' }];
  });
}

export function noImage(file: string, line: number, image: string, images: readonly string[]): Problem {
  const meant = nearest(image, images);
  return {
    file,
    line,
    what: `no course describes an image "${image}"`,
    expected: `the name in a course’s image/image.yaml: ${images.join(', ') || 'there is none yet'}`,
    mend: meant === undefined ? 'Write image/image.yaml in this course’s folder.' : `Write "image: ${meant}".`,
  };
}
