/** How a lesson is played in a sandbox: its steps as they stand there, its files from where the site's build put them. */
import { prepareLesson } from './prepare.ts';
import type { Play } from './recording.ts';
import { performSteps } from './steps.ts';

export function playFrom(filesFolder: string): Play {
  return {
    prepare: (connect, lesson, signal) => prepareLesson(connect, { ...lesson, tasks: [] }, filesFolder, signal),
    perform: (connect, steps, signal) => performSteps(connect, steps, { signal }),
  };
}
