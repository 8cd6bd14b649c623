/** Adds a lesson to a course.yaml, and leaves every other letter of the file as it is. */
import { isScalar, isSeq, parseDocument, type YAMLSeq } from 'yaml';

/** `text` with `folder` at the end of `lessons:`; undefined where there is no list with a lesson in it. */
export function withLesson(text: string, folder: string): string | undefined {
  const list = parseDocument(text).get('lessons', true) as unknown;
  if (!isSeq(list)) return undefined;
  const last = (list as YAMLSeq).items.at(-1);
  if (!isScalar(last) || !last.range) return undefined;
  const [start, end] = last.range;
  if ((list as YAMLSeq).flow) return `${text.slice(0, end)}, ${folder}${text.slice(end)}`;
  const row = text.slice(text.lastIndexOf('\n', start) + 1, start);
  const stop = text.indexOf('\n', end);
  const after = stop < 0 ? text.length : stop;
  return `${text.slice(0, after)}\n${row}${folder}${text.slice(after)}`;
}
