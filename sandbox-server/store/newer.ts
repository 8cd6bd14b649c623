/** A database whose schema this program does not know: nothing may be written to it, and it may not even be opened. */
import { existsSync } from 'node:fs';
import { copiesBeside } from './copy-beside.ts';
import { DatabaseUnusable, refuseEmptied, unusable } from './examine.ts';
import { latestSchema, schemaOfFile } from './schema.ts';

export function refuseNewer(path: string, folder: string): void {
  if (!existsSync(path)) return;
  refuseEmptied(path);
  const known = latestSchema(folder);
  const has = schemaOr(path);
  if (has <= known) return;
  const copy = copiesBeside(path).find(({ schema }) => schema <= known);
  throw new DatabaseUnusable(
    `The database ${path} is of a newer Slipway: its schema is version ${has}, and this program knows versions up to ` +
      `${known}. It was left as it is.`,
    'Use the newer Slipway again. To stay with this one, put back a backup that it knows, without what was done since: ' +
      `\`slipway restore ${copy?.path ?? 'FILE'}\`.`,
    { passes: false },
  );
}

function schemaOr(path: string): number {
  try {
    return schemaOfFile(path);
  } catch (error) {
    throw unusable(path, error);
  }
}
