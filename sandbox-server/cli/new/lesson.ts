/** A lesson that explains itself. */
import { layTemplate, type Place } from './template.ts';

export interface NewLesson {
  /** Its name in addresses. */
  name: string;
  /** As YAML. */
  title: string;
}

export function layLesson({ name, title }: NewLesson, place: Place): void {
  // All lessons of a course share the learner's home: each has a folder of its own in it.
  layTemplate('lesson', place, { name, title }, (path) => path.replace(/^files\//, `files/${name}/`));
}
