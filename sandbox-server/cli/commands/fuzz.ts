import type { Command } from '../command.ts';
import { ConfigProblem } from '../../config.ts';
import { fuzzNative } from '../stages/fuzz-native.ts';

const USUAL_SECONDS = 60;

export const command: Command = {
  name: 'fuzz',
  summary: 'Tries the native program’s parsers with made-up input, all or one of them.',
  flags: {},
  options: { '--seconds': { value: 'N', doc: `how long each is tried; ${USUAL_SECONDS} where left out` } },
  takes: '[FuzzTARGET]',
  async run({ root, report, options, args }) {
    const said = options.get('--seconds') ?? String(USUAL_SECONDS);
    if (!/^[1-9]\d{0,4}$/.test(said))
      throw new ConfigProblem(`--seconds: "${said}" is no whole number from 1 to 99999.`);
    await fuzzNative(root, report, {
      milliseconds: Number(said) * 1000,
      ...(args[0] !== undefined && { only: args[0] }),
    });
    return 0;
  },
};
