import type { Lesson } from './lesson.ts';
import { MAX_TERMINALS } from './names.ts';
import type { Spot } from './place.ts';
import { nearest, type Problem } from './problem.ts';

export const badFolder = (place: string, id: string): Problem => ({
  file: place,
  line: 1,
  column: 1,
  what: `"${id}" cannot be a course’s address`,
  expected: 'a folder name of lower-case letters, digits and hyphens',
  mend: 'Rename the folder, or put an underscore before its name to leave it out.',
});

export const noCourseFile = (place: string): Problem => ({
  file: `${place}/course.yaml`,
  line: 1,
  column: 1,
  what: 'the course has no course.yaml',
  expected: 'a file with title, summary, authors, licence, image and lessons',
  mend: 'Write it, or put an underscore before the folder’s name to leave it out.',
});

export const noLesson = (spot: Spot, name: string, names: readonly string[]): Problem => {
  const meant = nearest(name, names);
  return {
    ...spot,
    what: `there is no lesson in the folder "${name}"`,
    expected: `a file ${name}/index.md beside course.yaml`,
    mend: meant === undefined ? `Write ${name}/index.md, or take "${name}" off the list.` : `Write "${meant}".`,
  };
};

export const noText = (file: string): Problem => ({
  file,
  line: 1,
  column: 1,
  what: 'the lesson has no text',
  expected: 'a file index.md in its folder',
  mend: 'Write it, or take the lesson off the list and put an underscore before its folder’s name.',
});

export const notListed = (spot: Spot, name: string): Problem => ({
  ...spot,
  what: `the lesson "${name}" is not listed`,
  expected: 'every lesson’s folder under "lessons:"',
  mend: `Add "${name}" to the list, or put an underscore before the folder’s name to leave it out.`,
});

export function tooManyTerminals(spot: Spot, lessons: readonly Lesson[]): Problem[] {
  const names = new Set(lessons.flatMap(({ terminals }) => terminals));
  if (names.size <= MAX_TERMINALS) return [];
  return [
    {
      ...spot,
      what: `the lessons have ${names.size} terminals of different names`,
      expected: `at most ${MAX_TERMINALS} in a course: all of its lessons share one sandbox`,
      mend: 'Give terminals of different lessons the same names, such as "main" and "second".',
    },
  ];
}

export function sameAddress(spot: Spot, lessons: readonly Lesson[]): Problem[] {
  const first = new Map<string, string>();
  return lessons.flatMap(({ id, slug }) => {
    const other = first.get(slug);
    first.set(slug, other ?? id);
    if (other === undefined) return [];
    const what = `"${other}" and "${id}" have the same address`;
    return [{ ...spot, what, expected: 'folder names that differ after their numbers', mend: 'Rename one.' }];
  });
}

export function noImage(spot: Spot, image: string, images: readonly string[]): Problem {
  const meant = nearest(image, images);
  return {
    ...spot,
    what: `no course describes an image "${image}"`,
    expected: `the name in a course’s image/image.yaml: ${images.join(', ') || 'there is none yet'}`,
    mend: meant === undefined ? 'Write image/image.yaml in this course’s folder.' : `Write "image: ${meant}".`,
  };
}
