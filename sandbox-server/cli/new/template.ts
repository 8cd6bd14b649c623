/** Lays templates: folders of text files in which `__name__` stands for a value. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import { Failure } from '../plain/report.mjs';

const TEMPLATES = join(import.meta.dirname, 'templates');

/**
 * Makes a folder that appears whole or not at all: a server that watches must not read half of it. `write` gets the one
 * that it is made in, whose name leaves it out of the courses.
 */
export function makeFolder(folder: string, write: (half: string) => void): void {
  if (existsSync(folder)) {
    throw new Failure({ what: `${folder} is there already.`, mend: 'Choose another name, or remove it.' });
  }
  const half = join(dirname(folder), `.half-${process.pid}`);
  try {
    mkdirSync(half);
    write(half);
    renameSync(half, folder);
  } catch (error) {
    rmSync(half, { recursive: true, force: true });
    throw error;
  }
}

export interface Place {
  /** Where it is written now. */
  half: string;
  /** Where it will be. */
  folder: string;
  /** The program's folder. */
  root: string;
}

/** The folder of the JSON Schemas, below the program's. */
const SCHEMAS = 'docs/schema';

/** Writes a template's files; `named` gives a file another path. `schemas` is filled in, as each file sees that folder. */
export function layTemplate(
  template: string,
  { half, folder, root }: Place,
  values: Readonly<Record<string, string>>,
  named: (path: string) => string = (path) => path,
): void {
  const source = join(TEMPLATES, template);
  for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const original = join(entry.parentPath, entry.name);
    const path = named(relative(source, original));
    const schemas = relative(dirname(join(folder, path)), join(root, SCHEMAS));
    mkdirSync(dirname(join(half, path)), { recursive: true });
    writeFileSync(join(half, path), filled(readFileSync(original, 'utf8'), { ...values, schemas }));
  }
}

function filled(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/__([a-z]+)__/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`a template asks for "${name}"`);
    return value;
  });
}
