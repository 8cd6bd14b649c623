import type { Beside } from './beside.ts';
import type { Directive } from './directive.ts';
import { START } from './place.ts';
import { nearest } from './problem.ts';
import { SETUP_FILE } from './setup.ts';
import { SHARED_CHECKS_FILE } from './shared-checks.ts';
import { isTask, ROLE_OF_FILE, type PlacedMistake } from './task-parts.ts';

/** Scripts in a lesson's folder that nothing runs: a name that is nearly right would be a check that is never asked. */
export function strayScripts(directives: readonly Directive[], { scripts }: Beside): PlacedMistake[] {
  const ids = directives.filter(isTask).flatMap(({ attributes }) => attributes['id'] ?? []);
  const ofLesson = ids.length > 0 ? [SETUP_FILE, SHARED_CHECKS_FILE] : [SETUP_FILE];
  const known = [...ofLesson, ...ids.flatMap((id) => Object.keys(ROLE_OF_FILE).map((kind) => `${id}.${kind}.sh`))];
  return [...scripts.keys()]
    .filter((name) => !known.includes(name))
    .map((name) => {
      const meant = nearest(name, known);
      return {
        from: START,
        file: name,
        what: `"${name}" belongs to no task, and nothing runs it`,
        expected: `${ofLesson.join(', ')}, or a task’s id and one of ${Object.keys(ROLE_OF_FILE)
          .map((kind) => `.${kind}.sh`)
          .join(', ')}`,
        mend: meant === undefined ? 'Rename it, or move it into files/ or out of the folder.' : `Name it "${meant}".`,
      };
    });
}
