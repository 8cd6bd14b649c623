/** The keys of a YAML file as a table, from the schema that it is read with. */
import type { z } from 'zod';

/** Objects that are shown as one key; of others each key has a row of its own. */
const WHOLE = new Set(['colours', 'registry']);

export function keyTable(schema: z.ZodObject): string {
  const rows = rowsOf(schema, '').map((cells) => `| ${cells.join(' | ')} |`);
  return ['| Key | What it is | | Example |', '|---|---|---|---|', ...rows].join('\n');
}

/** `defaults` are those of the object that holds the keys, where it may be left out. */
function rowsOf(schema: z.ZodObject, prefix: string, defaults: Readonly<Record<string, unknown>> = {}): string[][] {
  return Object.entries(schema.shape as Record<string, z.ZodType>).flatMap(([key, field]) => {
    const inside = innermost(field);
    const name = `${prefix}${key}`;
    if ('shape' in inside && !WHOLE.has(key))
      return rowsOf(inside as z.ZodObject, `${name}.`, defaultOf(field) as Record<string, unknown>);
    const { description = '', examples } = field.meta() ?? {};
    const example = Array.isArray(examples) ? String(examples[0]) : '';
    // What needs several lines is shown in the text.
    const shown = example.includes('\n') ? '' : `\`${example.replaceAll('|', '\\|')}\``;
    return [[`\`${name}\``, description.replaceAll('|', '\\|'), presence(field, defaults[key]), shown]];
  });
}

/** Whether it must be there; else what holds where it is not. */
function presence(field: z.ZodType, inherited: unknown): string {
  const value = defaultOf(field) ?? inherited;
  if (value === undefined) return field.safeParse(undefined).success ? '' : 'required';
  if (Array.isArray(value)) return value.length === 0 ? '' : `\`[${value.join(', ')}]\` where left out`;
  return `\`${String(value as string)}\` where left out`;
}

function defaultOf(field: z.ZodType): unknown {
  const { def } = field as z.ZodDefault;
  return def.type === 'default' ? def.defaultValue : undefined;
}

function innermost(field: z.ZodType): z.ZodType {
  let at = field;
  while ('unwrap' in at && !('element' in at)) at = (at as z.ZodOptional<z.ZodType>).unwrap();
  return at;
}
