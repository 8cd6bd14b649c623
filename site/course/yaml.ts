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
  const document = parseDocument(source.text, { lineCounter: lines, prettyErrors: false });
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

  const parsed = schema.safeParse(document.toJS() ?? {});
  if (parsed.success) return { value: parsed.data, at: (...path) => spotOf(offsetOf(document, path, 'value')) };
  const problems = parsed.error.issues.flatMap((issue) =>
    problemsOfIssue(issue, schema, document).map(({ offset, ...problem }) => ({
      ...spotOf(offset),
      ...problem,
    })),
  );
  return { problems };
}

type Located = Mistake & { offset: number };

function problemsOfIssue(issue: z.core.$ZodIssue, schema: z.ZodObject, document: Document): Located[] {
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(objectAt(schema, issue.path).shape);
    return issue.keys.map((key) => {
      const meant = nearest(key, known);
      return {
        offset: offsetOf(document, [...issue.path, key], 'key'),
        what: `unknown key "${key}"`,
        expected: `one of ${known.join(', ')}`,
        mend: meant === undefined ? `Remove "${key}".` : `Write "${meant}" in place of "${key}".`,
      };
    });
  }
  const [key] = issue.path;
  const field = typeof key === 'string' ? schema.shape[key] : undefined;
  if (typeof key !== 'string' || field === undefined) {
    return [{ offset: 0, what: 'no keys here', expected: Object.keys(schema.shape).join(', '), mend: 'Add them.' }];
  }
  const { description = issue.message, examples } = (field as z.ZodType).meta() ?? {};
  const missing = !document.has(key);
  return [
    {
      offset: missing ? 0 : offsetOf(document, issue.path, 'value'),
      what: missing ? `"${key}" is missing` : `"${key}" has a value that does not fit`,
      expected: description,
      mend: `Write for example: ${Array.isArray(examples) ? String(examples[0]) : `${key}: …`}`,
    },
  ];
}

/** The object of the schema that a path leads to, through what may be left out. */
function objectAt(schema: z.ZodObject, path: readonly PropertyKey[]): z.ZodObject {
  let at: unknown = schema;
  for (const key of path) {
    at = (at as z.ZodObject).shape[String(key)];
    while (at !== undefined && 'unwrap' in (at as object)) at = (at as z.ZodOptional<z.ZodType>).unwrap();
  }
  return at as z.ZodObject;
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
