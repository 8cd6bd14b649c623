/** The keys of a YAML file as a table, from the schema that it is read with. */
import type { z } from 'zod';

/** Objects that are shown as one key; of others each key has a row of its own. */
const WHOLE = new Set(['colours', 'registry']);

export function keyTable(schema: z.ZodObject): string {
  const rows = rowsOf(schema, '').map((cells) => `| ${cells.join(' | ')} |`);
  return ['| Key | What it is | | Example |', '|---|---|---|---|', ...rows].join('\n');
}

function rowsOf(schema: z.ZodObject, prefix: string): string[][] {
  return Object.entries(schema.shape as Record<string, z.ZodType>).flatMap(([key, field]) => {
    const inside = innermost(field);
    const name = `${prefix}${key}`;
    if ('shape' in inside && !WHOLE.has(key)) return rowsOf(inside as z.ZodObject, `${name}.`);
    const { description = '', examples } = field.meta() ?? {};
    const example = Array.isArray(examples) ? String(examples[0]) : '';
    // What needs several lines is shown in the text.
    const shown = example.includes('\n') ? '' : `\`${example.replaceAll('|', '\\|')}\``;
    return [[`\`${name}\``, description.replaceAll('|', '\\|'), presence(field), shown]];
  });
}

/** Whether it must be there; else what holds where it is not. */
function presence(field: z.ZodType): string {
  const { def } = field as z.ZodDefault;
  if (def.type !== 'default') return field.safeParse(undefined).success ? '' : 'required';
  const value: unknown = def.defaultValue;
  if (Array.isArray(value)) return value.length === 0 ? '' : `\`[${value.join(', ')}]\` where left out`;
  return `\`${String(value)}\` where left out`;
}

function innermost(field: z.ZodType): z.ZodType {
  let at = field;
  while ('unwrap' in at && !('element' in at)) at = (at as z.ZodOptional<z.ZodType>).unwrap();
  return at;
}
