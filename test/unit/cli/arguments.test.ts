import { describe, expect, it } from 'vitest';

import { readCommandArguments } from '../../../sandbox-server/cli/arguments.ts';

const COMMAND = {
  name: 'lesson test',
  flags: { '--json': 'Machine-readable.' },
  options: { '--jobs': { value: 'N', doc: 'How many at once.' } },
  takes: '[PATH]',
};

const read = (...argv: string[]) => readCommandArguments(COMMAND, argv);

describe('what stands after a command’s name', () => {
  it('is sorted into flags, options, what it works on, and settings, in any order', () => {
    expect(read('--jobs', '3', '--port', '80', 'lessons/a', '--json', '--data=/x')).toEqual({
      flags: new Set(['--json']),
      options: new Map([['--jobs', '3']]),
      args: ['lessons/a'],
      settings: ['--port', '80', '--data=/x'],
    });
  });

  it('may be nothing where what it works on may be left out', () => {
    expect(read()).toEqual({ flags: new Set(), options: new Map(), args: [], settings: [] });
  });

  it.each<[argv: string[], told: string]>([
    [['--jsn'], '--jsn is not a setting, nor a flag of slipway lesson test. Did you mean --json?'],
    [['--prot', '80'], '--prot is not a setting, nor a flag of slipway lesson test. Did you mean --port?'],
    [['--json=yes'], '--json takes no value.'],
    [['--jobs'], '--jobs needs a value: --jobs N.'],
    [['--jobs', '--json'], '--jobs needs a value: --jobs N.'],
    [['--jobs', '1', '--jobs=2'], '--jobs is given twice.'],
    [['a', 'b'], '"b" is not an argument of slipway lesson test.'],
  ])('%j is refused: %s', (argv, told) => {
    expect(() => read(...argv)).toThrow(told);
  });

  it('must not be missing where it stands without brackets', () => {
    const command = { ...COMMAND, name: 'new lesson', takes: 'COURSE/NAME' };
    expect(() => readCommandArguments(command, [])).toThrow('slipway new lesson needs COURSE/NAME.');
  });
});
