import { z } from 'zod';
import { isTerminalName, LESSON_FOLDER, MAX_NAME_LENGTH, NAME, slugOfLesson, TERMINAL } from './names.ts';

/** What a field takes, and a line to copy: messages, the documentation and editors show both. */
export function told<T extends z.ZodType>(schema: T, description: string, example: string, more: object = {}): T {
  return schema.meta({ description, examples: [example], ...more }) as T;
}

const line = z.string().trim().min(1);
const name = z.string().max(MAX_NAME_LENGTH).regex(NAME);
/** `unique` for editors, which read JSON Schema. */
const UNIQUE = { uniqueItems: true };
const unique = (items: readonly string[]) => new Set(items).size === items.length;

/** course.yaml. */
export const courseSchema = z.strictObject({
  /** The course's name, as the catalogue shows it. */
  title: told(line, 'the course’s name in a few words', 'title: Containers and Docker'),
  /** One or two sentences: what it is about, for whom. */
  summary: told(line, 'one or two sentences about the course', 'summary: What a container is, seen from inside.'),
  /** For whom it is, and what they should know already. */
  audience: told(
    line.optional(),
    'one or two sentences: for whom, and what they know',
    'audience: For whoever has used a shell.',
  ),
  /** What the learner can do afterwards; each reads on from "You will be able to". The lessons' own where left out. */
  objectives: told(
    z.array(line).default([]),
    'a list of what the learner can do afterwards; the lessons’ own where it is left out',
    'objectives: [say what a container is]',
  ),
  /** Who wrote it, one name an entry. */
  authors: told(z.array(line).min(1), 'a list of names, at least one', 'authors: [Ada Lovelace]'),
  /** Under which terms others may use the text: an SPDX identifier. */
  licence: told(line, 'an SPDX licence identifier: under which terms the text may be used', 'licence: CC-BY-SA-4.0'),
  /** The sandbox image of all lessons; image/image.yaml in the course's folder describes it. */
  image: told(
    name,
    'the sandbox’s image: the `name` in an `image/image.yaml`, of this course or of another in the same folder',
    'image: containers-and-docker',
  ),
  /** The lessons' folders, in the order in which they are taken. */
  lessons: told(
    z
      .array(
        z
          .string()
          .regex(LESSON_FOLDER)
          .refine((folder) => slugOfLesson(folder) !== undefined),
      )
      .min(1)
      .refine(unique),
    'a list of the lessons’ folders in order, none twice, each two digits, a hyphen and a name',
    'lessons: [01-introduction]',
    UNIQUE,
  ),
});

/** The frontmatter of a lesson's index.md. What is not here is the course's: one sandbox serves all of its lessons. */
export const lessonSchema = z.strictObject({
  /** The lesson's name; the page's one h1. */
  title: told(line, 'the lesson’s name in a few words', 'title: Introduction'),
  /** One sentence, for the course page and for search. */
  summary: told(line, 'one sentence about the lesson', 'summary: Meet the namespaces you are sitting in.'),
  /** How long it takes, in minutes, practice included. */
  duration: told(z.int().min(1).max(600), 'a whole number of minutes, 1 to 600, practice included', 'duration: 20'),
  /** What the learner can do afterwards; each reads on from "You will be able to". */
  objectives: told(
    z.array(line).default([]),
    'a list of what the learner can do afterwards; each reads on from “You will be able to”',
    'objectives: [tell which namespaces a process is in]',
  ),
  /** The terminals beside the text, in the order of their tabs. */
  terminals: told(
    z.array(z.string().regex(TERMINAL).refine(isTerminalName)).min(1).max(6).refine(unique).default(['main']),
    'a list of one to six names, none twice, each a letter and then at most 31 lower-case letters, digits and hyphens; not extra-1 and the like, which are the terminals that learners open themselves',
    'terminals: [main, second]',
    UNIQUE,
  ),
  /** Another lesson of the course whose `files/` are laid with this one's. */
  files: told(
    z
      .string()
      .regex(LESSON_FOLDER)
      .refine((folder) => slugOfLesson(folder) !== undefined)
      .optional(),
    'the folder of another lesson of the course: what lies in its `files/` is laid with this lesson’s own',
    'files: 04-multi-git',
  ),
});

export type CourseFields = z.infer<typeof courseSchema>;
export type LessonFields = z.infer<typeof lessonSchema>;
