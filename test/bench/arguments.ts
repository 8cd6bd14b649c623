/** `npm run bench -- [--json FILE] [--only NAME,...]... [--quick]` */
import { parseArgs } from 'node:util';

export interface Arguments {
  /** Where the figures are written as JSON. */
  json: string | undefined;
  /** Which benches run; empty: all. */
  only: string[];
  /** A tenth of the measurements: to see whether it works, not how fast. */
  quick: boolean;
}

export class WrongArguments extends Error {
  override name = 'WrongArguments';
}

export function readArguments(argv: readonly string[], names: readonly string[]): Arguments {
  const { json, only: asked = [], quick = false } = parse(argv);
  const only = asked.flatMap((names) => names.split(','));
  const strange = only.find((name) => !names.includes(name));
  if (strange !== undefined) {
    throw new WrongArguments(`There is no bench "${strange}"; there are: ${names.join(', ')}.`);
  }
  return { json, only, quick };
}

function parse(argv: readonly string[]) {
  const options = {
    json: { type: 'string' },
    only: { type: 'string', multiple: true },
    quick: { type: 'boolean' },
  } as const;
  try {
    return parseArgs({ args: [...argv], options }).values;
  } catch (error) {
    throw new WrongArguments((error as Error).message, { cause: error });
  }
}
