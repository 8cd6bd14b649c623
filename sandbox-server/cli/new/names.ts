/** Names and titles of what is new. */
import { stringify } from 'yaml';

import { isName, MAX_NAME_LENGTH } from '../../../site/course/names.ts';
import { ConfigProblem } from '../../config/problem.ts';

/** Throws a `ConfigProblem` for a name that cannot be an address; `what` is a course or a lesson. */
export function requireName(name: string, what: string): void {
  if (isName(name)) return;
  const nearest = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, MAX_NAME_LENGTH);
  const hint = isName(nearest) ? ` Did you mean ${nearest}?` : '';
  throw new ConfigProblem(
    `"${name}" cannot be a ${what}’s name: it becomes its address, of lower-case letters, digits and hyphens.${hint}`,
  );
}

/** A title as it stands in YAML: given, or `first-steps` → `First steps`. */
export function titleOf(given: string | undefined, name: string): string {
  const title = given ?? `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll('-', ' ')}`;
  return stringify(title, { lineWidth: 0 }).trimEnd();
}
