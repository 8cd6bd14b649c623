import { isMap, isNode, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import type { Spot } from './place.ts';
import { nearest, type Mistake, type Problem } from './problem.ts';

/** Where a piece of YAML stands, so that a problem can name the line in the file the author edits. */
export interface YamlSource {
  file: string;
  text: string;
  /** Line of the file that the text's first line is; more than 1 for frontmatter. */
  firstLine: number;
}

/**
 * Reads YAML against a strict schema. A mistake is never repaired silently: the problems say where it is. `at` says where
 * a value stands, for what shows only later: `at('lessons', 2)`.
 */
export function readYaml<T extends z.ZodObject>(
  source: YamlSource,
  schema: T,
): { value: z.infer<T>; at: (...path: PropertyKey[]) => Spot } | { problems: Problem[] } {
  const lines = new LineCounter();
  const document = parseDocument(source.text, { lineCounter: lines, prettyErrors: false, stringKeys: true });
  const spotOf = (offset: number): Spot => {
    const { line, col } = lines.linePos(offset);
    return { file: source.file, line: line + source.firstLine - 1, column: col };
  };

  if (document.errors.length > 0) {
    const problems = document.errors.map(({ message, pos }) => ({
      ...spotOf(pos[0]),
      what: `this is not YAML: ${message}`,
      expected: 'lines of the form "key: value"',
      mend: 'Put a value that holds a colon, a # or a quote between double quotes.',
    }));
    return { problems };
  }

  const data = dataOf(document);
  if ('why' in data) {
    const problem = {
      what: `this YAML cannot be read: ${data.why}`,
      expected: 'each value written out',
      mend: 'Write the value in the place of the alias (*name).',
    };
    return { problems: [{ ...spotOf(0), ...problem }] };
  }
  const parsed = schema.safeParse(data.value ?? {});
  if (parsed.success) return { value: parsed.data, at: (...path) => spotOf(offsetOf(document, path, 'value')) };
  const found = parsed.error.issues.flatMap((issue) => problemsOfIssue(issue, schema, document));
  // A required key that is written wrong is one mistake, not two.
  const meant = found.flatMap(({ meant }) => meant ?? []);
  // So is a value that breaks two rules.
  const first = (at: number, problem: Located) =>
    found.findIndex(({ offset, what }) => offset === problem.offset && what === problem.what) === at;
  const told = found.filter((problem, index) => !meant.includes(problem.missing ?? '') && first(index, problem));
  return { problems: told.map(({ offset, what, expected, mend }) => ({ ...spotOf(offset), what, expected, mend })) };
}

/** An alias that leads nowhere, or aliases of aliases that would fill the memory, show only here. */
function dataOf(document: Document): { value: unknown } | { why: string } {
  try {
    return { value: document.toJS() };
  } catch (error) {
    return { why: (error as Error).message };
  }
}

/** A schema's own words for what it wants, where it has some. */
const EXPECTED = /^expected (?<what>.*)$/s;

interface Located extends Mistake {
  offset: number;
  /** The key that is not there, as a path. */
  missing?: string;
  /** The key that an unknown one was meant as, as a path. */
  meant?: string;
}

function problemsOfIssue(issue: z.core.$ZodIssue, schema: z.ZodObject, document: Document): Located[] {
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys((inner(schemaAt(schema, issue.path)) as z.ZodObject).shape);
    return issue.keys.map((key) => {
      const meant = nearest(key, known);
      return {
        ...(meant !== undefined && { meant: [...issue.path, meant].join('.') }),
        offset: offsetOf(document, [...issue.path, key], 'key'),
        what: `unknown key "${key}"`,
        expected: `one of ${known.join(', ')}`,
        mend: meant === undefined ? `Remove "${key}".` : `Write "${meant}" in place of "${key}".`,
      };
    });
  }
  const [key] = issue.path;
  if (typeof key !== 'string' || schema.shape[key] === undefined) {
    return [{ offset: 0, what: 'no keys here', expected: Object.keys(schema.shape).join(', '), mend: 'Add them.' }];
  }
  const missing = !document.hasIn(issue.path);
  const offset = offsetOf(document, missing ? issue.path.slice(0, -1) : issue.path, 'value');
  const { description, examples } = metaAt(schema, issue.path);
  const mend = Array.isArray(examples)
    ? `Write for example: ${String(examples[0])}`
    : 'Mend it; docs/format.md has every key and what it takes.';
  // A rule that several values break together says what is wrong in its own words.
  if (issue.code === 'custom' && issue.message !== 'Invalid input') {
    return [{ offset, what: issue.message, expected: description ?? `"${key}" as it is documented`, mend }];
  }
  const name = issue.path.filter((part) => typeof part === 'string').join('.');
  return [
    {
      offset,
      ...(missing && { missing: issue.path.join('.') }),
      what: missing ? `"${name}" is missing` : `"${name}" has a value that does not fit`,
      expected: EXPECTED.exec(issue.message)?.groups?.['what'] ?? description ?? issue.message,
      mend,
    },
  ];
}

/** The schema that a path leads to from another, through what may be left out; undefined where it leads nowhere. */
function schemaAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType | undefined {
  let at: unknown = schema;
  for (const key of path) {
    at = inner(at);
    if (at instanceof Object && 'shape' in at) at = (at as z.ZodObject).shape[String(key)];
    else if (at instanceof Object && 'element' in at) at = at.element;
    else return undefined;
  }
  return at as z.ZodType | undefined;
}

function inner(schema: unknown): unknown {
  let at = schema;
  while (at instanceof Object && 'unwrap' in at && !('element' in at)) at = (at as z.ZodOptional<z.ZodType>).unwrap();
  return at;
}

/** What the schema says of the value at a path, or of the nearest that holds it. */
function metaAt(schema: z.ZodObject, path: readonly PropertyKey[]): Partial<z.core.GlobalMeta> {
  for (let length = path.length; length > 0; length--) {
    const meta = schemaAt(schema, path.slice(0, length))?.meta();
    if (meta?.description !== undefined) return meta;
  }
  return {};
}

/** Where a key or its value starts. The nearest parent that exists stands in for what does not. */
function offsetOf(document: Document, path: readonly PropertyKey[], part: 'key' | 'value'): number {
  if (path.length === 0) return 0;
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (part === 'key' && isMap(parent)) {
    const pair = parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1));
    if (isNode(pair?.key) && pair.key.range) return pair.key.range[0];
  }
  const node = document.getIn(path, true);
  if (isNode(node) && node.range) return node.range[0];
  return offsetOf(document, path.slice(0, -1), part);
}
