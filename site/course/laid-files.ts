/** What a lesson lays into the learner's home: its own `files/`, and those of the lesson that it names. */
import { boundsOf, type LessonFiles } from './files.ts';
import type { Lesson } from './lesson.ts';
import type { Spot } from './place.ts';
import { nearest, type Mistake, type Problem } from './problem.ts';

/** `files: 04-multi-git`, and where it stands. */
export interface FilesFrom extends Spot {
  lesson: string;
}

/** None, its own, those of the other, or both; where they have the same folder, both name it. `lessons` are the course's. */
export function laidFiles({ files, filesFrom }: Lesson, lessons: readonly Lesson[]): LessonFiles[] {
  const other = lessons.find(({ id }) => id === filesFrom?.lesson)?.files;
  return [files, other].filter((each) => each !== null && each !== undefined && each.paths.length > 0) as LessonFiles[];
}

/** `files/` of a course's lessons by their folders, as far as they were looked at: undefined where a lesson has none. */
export type FilesOfLessons = ReadonlyMap<string, LessonFiles | undefined>;

/** Looks whether the files that a lesson has laid besides its own are there and go with them. `folders` are all lessons'. */
export function checkFilesFrom(
  { id, filesFrom }: Lesson,
  files: FilesOfLessons,
  folders: readonly string[],
): Problem[] {
  if (filesFrom === null) return [];
  const { lesson, ...spot } = filesFrom;
  return mistakesOf(id, lesson, files, folders).map((mistake) => ({ ...spot, ...mistake }));
}

function mistakesOf(id: string, other: string, files: FilesOfLessons, folders: readonly string[]): Mistake[] {
  if (other === id) return [itself];
  if (!folders.includes(other)) {
    return [
      noSuchLesson(
        other,
        folders.filter((name) => name !== id),
      ),
    ];
  }
  // A lesson that is not listed or has no text was told of.
  if (!files.has(other)) return [];
  const [own, theirs] = [files.get(id), files.get(other)];
  if (theirs === undefined) return [noFiles(other)];
  if ([own, theirs].some((each) => each !== undefined && each.mistakes.length > 0)) return [];
  if (theirs.paths.length === 0) return [noFiles(other)];
  if (own === undefined) return [];
  const twice = inBoth(own, theirs);
  if (twice.length > 0) return [sameFile(other, twice)];
  const count = new Set([...own.paths, ...theirs.paths]).size;
  return boundsOf(`both "files/", this lesson’s and that of "${other}",`, own.bytes + theirs.bytes, count);
}

/** Paths that can come from one of the two only. A folder may be in both. */
function inBoth(own: LessonFiles, theirs: LessonFiles): string[] {
  const name = (path: string) => path.replace(/\/$/, '');
  const kinds = new Map(own.paths.map((path) => [name(path), path]));
  return theirs.paths
    .filter((path) => kinds.has(name(path)) && !(path.endsWith('/') && kinds.get(name(path)) === path))
    .map(name);
}

const itself: Mistake = {
  what: 'the lesson names itself: its own files are laid anyway',
  expected: 'another lesson of the course',
  mend: 'Remove "files", or name another lesson.',
};

function noSuchLesson(other: string, folders: readonly string[]): Mistake {
  const meant = nearest(other, folders);
  return {
    what: `there is no lesson in the folder "${other}", whose files are to be laid`,
    expected: folders.length === 0 ? 'another lesson: the course has none' : `one of ${folders.join(', ')}`,
    mend: meant === undefined ? 'Name a lesson of this course, or remove "files".' : `Write "files: ${meant}".`,
  };
}

const noFiles = (other: string): Mistake => ({
  what: `"${other}" has no files to be laid`,
  expected: `a folder ${other}/files with files in it`,
  mend: 'Put them there, or remove "files".',
});

const sameFile = (other: string, [path, ...more]: readonly string[]): Mistake => ({
  what: `both this lesson and "${other}" have "${path}"${more.length > 0 ? ` and ${more.length} more` : ''} in their files`,
  expected:
    'a file in one of the two: what a learner has already is never laid over, so it would depend on where they were first',
  mend: 'Remove it here, or give it another name; what this lesson wants to be different it can change in setup.sh.',
});
