/** docs/configuration.md, from the table of settings. */
import { sandboxesThatFit } from '../../config/defaults.ts';
import { GROUPS, SETTING_NAMES, SETTINGS, type SettingName } from '../../config/settings.ts';
import { argumentOf, CONFIG_ARGUMENT, CONFIG_VARIABLE, variableOf } from '../../config/sources.ts';
import { sizeOf } from '../../config/values.ts';

const INTRODUCTION = `
# Configuration

<!-- Generated from sandbox-server/config/settings.ts by \`slipway docs\`. -->

Every setting has an argument, an environment variable and a key in a configuration file. An argument goes before the
environment, the environment before the file, the file before the default. A value that cannot be used stops the start
with a message that names the setting, where it came from, the value and what is allowed.

    npm start -- --host 0.0.0.0 --url http://class.example:8080
    SLIPWAY_PORT=80 npm start
    npm start -- ${CONFIG_ARGUMENT} slipway.yaml          (or ${CONFIG_VARIABLE}=slipway.yaml)

The file is YAML, or JSON:

    host: 0.0.0.0
    url: [http://class.example:8080, http://10.0.0.5:8080]
    memory: 1GiB
`;

const CAPACITY = `
## How many learners fit

A sandbox that waits for its learner uses about 6 MiB, with a Docker Engine that runs 125 MiB, and one that compiles all
it may. Of each sandbox's memory limit, the larger of \`memory\` and \`engineMemory\`, a quarter is counted on, and 1 GiB is
left to the machine: \`maxSandboxes\` is (memory − 1 GiB) ÷ (limit ÷ 4) unless it
is set. If all learners used all of their memory at once, four times as much would be needed; the kernel then ends
programs inside sandboxes, and each learner is told. For a course in which everybody compiles at the same minute set
\`maxSandboxes\` by the last column.
`;

const CAPACITY_END = `
A disk takes 1.2 MB on the host while it is empty, and at most its size. \`disk\` × learners is what the data folder
needs if all of them fill theirs.
`;

const MEMORY_LIMITS = ['128MiB', '256MiB', '512MiB', '1GiB', '2GiB'];
const HOSTS = ['4GiB', '8GiB', '16GiB'];

export function configurationDocument(): string {
  const groups = GROUPS.map((group) => {
    const names = SETTING_NAMES.filter((name) => SETTINGS[name].group === group);
    return `## ${group}\n\n${[HEADER, ...names.map(row)].join('\n')}`;
  });
  return [INTRODUCTION.trim(), ...groups, CAPACITY.trim(), capacityTable(), CAPACITY_END.trim()].join('\n\n') + '\n';
}

const HEADER = '| Key | Argument, variable | What it is | Allowed | Default |\n|---|---|---|---|---|';

function row(name: SettingName): string {
  const { doc, allowed, fallback } = SETTINGS[name];
  const standard = typeof fallback === 'string' ? `\`${fallback}\`` : fallback.text;
  const cells = [`\`${name}\``, `\`${argumentOf(name)}\`, \`${variableOf(name)}\``, doc, allowed, standard];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function capacityTable(): string {
  const head = [
    'Memory limit',
    'Learners per GiB',
    ...HOSTS.map((host) => `on ${spaced(host)}`),
    'per GiB if all use all',
  ];
  const rows = MEMORY_LIMITS.map((limit) => {
    const bytes = sizeOf(limit);
    const perGib = sizeOf('1GiB') / bytes;
    const fits = HOSTS.map((host) => sandboxesThatFit(sizeOf(host), bytes));
    return [
      spaced(limit) + (limit === SETTINGS.engineMemory.fallback ? ' (default)' : ''),
      perGib * 4,
      ...fits,
      perGib,
    ];
  });
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const spaced = (size: string) => size.replace(/(?=[A-Z])/, ' ').trim();
