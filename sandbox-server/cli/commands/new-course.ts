import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { ConfigProblem } from '../../config/problem.ts';
import type { Command, CommandContext } from '../command.ts';
import { layLesson } from '../new/lesson.ts';
import { requireName, titleOf } from '../new/names.ts';
import { layTemplate, makeFolder } from '../new/template.ts';
import { tellNext } from '../new/tell-next.ts';

/** The first lesson's folder. */
const FIRST = { folder: '01-first-steps', name: 'first-steps' };

export const command: Command = {
  name: 'new course',
  summary: 'Makes a course with a first lesson that explains itself.',
  takes: 'NAME',
  options: { '--title': { value: 'TITLE', doc: 'The course’s title. Made from its name where left out.' } },
  flags: {},
  async run(context) {
    const name = context.args[0]!;
    requireName(name, 'course');
    const { lessons } = context.settings;
    if (!existsSync(lessons)) throw new ConfigProblem(`There is no folder ${lessons}; --lessons names another.`);
    makeCourse(name, context);
    tellNext(context, `${name}/${FIRST.name}`, join(lessons, name));
    return 0;
  },
};

function makeCourse(name: string, { root, settings, options }: CommandContext): void {
  const folder = join(settings.lessons, name);
  makeFolder(folder, (half) => {
    const title = titleOf(options.get('--title'), name);
    const values = { title, image: imageName(name), lesson: FIRST.folder };
    layTemplate('course', { half, folder, root }, values);
    const lesson = { name: FIRST.name, title: titleOf(undefined, FIRST.name) };
    layLesson(lesson, { half: join(half, FIRST.folder), folder: join(folder, FIRST.folder), root });
  });
}

/** An image's name begins with a letter and is shorter than a course's may be. */
const imageName = (course: string) =>
  (/^[a-z]/.test(course) ? course : `course-${course}`).slice(0, 40).replace(/-$/, '');
