import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { slugOfLesson } from '../../../site/course/names.ts';
import { ConfigProblem } from '../../config/problem.ts';
import type { Command, CommandContext } from '../command.ts';
import { layLesson } from '../new/lesson.ts';
import { withLesson } from '../new/list-lesson.ts';
import { requireName, titleOf } from '../new/names.ts';
import { makeFolder } from '../new/template.ts';
import { tellNext } from '../new/tell-next.ts';
import { Failure } from '../plain/report.mjs';

export const command: Command = {
  name: 'new lesson',
  summary: 'Adds a lesson that explains itself to a course, as its last.',
  takes: 'COURSE/NAME',
  options: { '--title': { value: 'TITLE', doc: 'The lesson’s title. Made from its name where left out.' } },
  flags: {},
  async run(context) {
    const [course = '', name = '', ...more] = context.args[0]!.split('/');
    if (name === '' || more.length > 0) throw new ConfigProblem(`"${context.args[0]}" is not of the form COURSE/NAME.`);
    requireName(name, 'lesson');
    const folder = addLesson(course, name, context);
    tellNext(context, `${course}/${name}`, folder);
    return 0;
  },
};

/** Returns the new folder. */
function addLesson(course: string, name: string, { root, settings, options }: CommandContext): string {
  const place = join(settings.lessons, course);
  const file = join(place, 'course.yaml');
  if (!existsSync(file)) {
    throw new Failure({ what: `There is no ${file}.`, mend: `Make the course first: slipway new course ${course}` });
  }
  const folders = readdirSync(place).filter((entry) => slugOfLesson(entry) !== undefined);
  const same = folders.find((entry) => slugOfLesson(entry) === name);
  if (same) throw new Failure({ what: `${join(place, same)} is there already.`, mend: 'Choose another name.' });
  const number = Math.max(0, ...folders.map((entry) => Number(entry.slice(0, 2)))) + 1;
  if (number > 99) {
    throw new Failure({
      what: `${folders.length} lessons are all that a course can have.`,
      mend: 'Make a new course.',
    });
  }
  const lesson = `${String(number).padStart(2, '0')}-${name}`;
  const listed = withLesson(readFileSync(file, 'utf8'), lesson);
  if (listed === undefined) {
    throw new Failure({ what: `${file} has no list "lessons:" to add to.`, mend: `slipway lesson check ${place}` });
  }
  const folder = join(place, lesson);
  const title = titleOf(options.get('--title'), name);
  makeFolder(folder, (half) => layLesson({ name, title }, { half, folder, root }));
  writeFileSync(file, listed);
  return folder;
}
