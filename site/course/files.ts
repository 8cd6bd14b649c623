import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Mistake } from './problem.ts';

/** A lesson's `files/`. */
export interface LessonFiles {
  /** The folder on this machine. */
  folder: string;
  /** Paths below it of all files and folders, sorted; a folder's ends with a slash, and stands before what is in it. */
  paths: readonly string[];
  /** Of all files together. */
  bytes: number;
  mistakes: readonly (Mistake & { file: string })[];
}

/** Of all files of a lesson together. They are laid while the learner waits; what is larger belongs into the image. */
const MOST_BYTES = 32 * 2 ** 20;
/** Files and folders: `init` lays no more (maxEntries, native/child/unpack.go). */
const MOST_PATHS = 4000;

export function filesOf(folder: string): LessonFiles {
  const paths: string[] = [];
  const mistakes: (Mistake & { file: string })[] = [];
  let bytes = 0;
  const visit = (path: string): void => {
    const stat = lstatSync(join(folder, path));
    if (stat.isDirectory()) {
      if (path !== '') paths.push(`${path}/`);
      for (const name of readdirSync(join(folder, path)).sort()) visit(path === '' ? name : `${path}/${name}`);
    } else if (stat.isFile()) {
      paths.push(path);
      bytes += stat.size;
    } else {
      mistakes.push({ file: `files/${path}`, ...notAFile(path) });
    }
  };
  if (!lstatSync(folder).isDirectory()) return { folder, paths, bytes, mistakes: [noFolder] };
  visit('');
  mistakes.push(...boundsOf('"files/"', bytes, paths.length).map((mistake) => ({ file: 'files', ...mistake })));
  return { folder, paths, bytes, mistakes };
}

/** Where it is more than a lesson may lay. `where` is what holds it, for messages. */
export function boundsOf(where: string, bytes: number, count: number): Mistake[] {
  return [
    ...(bytes > MOST_BYTES ? [tooLarge(where, bytes)] : []),
    ...(count > MOST_PATHS ? [tooMany(where, count)] : []),
  ];
}

const noFolder = {
  file: 'files',
  what: '"files" is not a folder',
  expected: 'a folder, what is in it is laid into the learner’s home',
  mend: 'Rename the file, or put it into a folder "files".',
};

const notAFile = (path: string): Mistake => ({
  what: `"files/${path}" is neither a file nor a folder`,
  expected: 'files and folders, no links and no devices',
  mend: 'Put a copy of the file there, or make the link in setup.sh.',
});

const tooLarge = (where: string, bytes: number): Mistake => ({
  what: `the files of ${where} are ${Math.ceil(bytes / 2 ** 20)} MiB together`,
  expected: `at most ${MOST_BYTES / 2 ** 20} MiB: they are laid while the learner waits`,
  mend: 'Put what is large into the image, or fetch it in setup.sh.',
});

const tooMany = (where: string, count: number): Mistake => ({
  what: `in ${where} are ${count} files and folders`,
  expected: `at most ${MOST_PATHS}: they are laid while the learner waits`,
  mend: 'Put them into the image, or unpack an archive of them in setup.sh.',
});
