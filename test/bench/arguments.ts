/** `npm run bench -- [--json FILE] [--only NAME]... [--quick]` */
import { parseArgs } from 'node:util';

export interface Arguments {
  /** Where the figures are written as JSON. */
  json: string | undefined;
  /** Which benches run; empty: all. */
  only: string[];
  /** A tenth of the measurements: to see whether it works, not how fast. */
  quick: boolean;
}

export function readArguments(argv: readonly string[], names: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...argv],
    options: { json: { type: 'string' }, only: { type: 'string', multiple: true }, quick: { type: 'boolean' } },
  });
  const only = values.only ?? [];
  const strange = only.find((name) => !names.includes(name));
  if (strange !== undefined) throw new Error(`there is no bench "${strange}"; there are: ${names.join(', ')}`);
  return { json: values.json, only, quick: values.quick ?? false };
}
