/** The tables of docs/format.md, from what lessons are read with. The text around them is written by hand. */
import { DIRECTIVES } from '../../../site/course/directive-shapes.ts';
import { FENCE_WORDS, fitsOf } from '../../../site/course/fence-words.ts';
import { keyTable } from './key-table.ts';
import { SCHEMAS } from './schemas.ts';

/** Name of a region → what stands in it. */
const REGIONS: Record<string, () => string> = {
  'course.yaml': () => keyTable(SCHEMAS.course.schema),
  frontmatter: () => keyTable(SCHEMAS.lesson.schema),
  'image.yaml': () => keyTable(SCHEMAS.image.schema),
  words: wordTable,
  blocks: blockTable,
};

const REGION = /(?<open><!-- generated: (?<name>\S+) -->\n)[^]*?(?<close>\n<!-- end of generated -->)/g;

/** `page` as it stands, with every region written anew. Throws for a region that nothing fills, and one that is missing. */
export function formatDocument(page: string): string {
  const seen = new Set<string>();
  const whole = page.replaceAll(REGION, (...match) => {
    const { open, name, close } = match.at(-1) as { open: string; name: string; close: string };
    const content = REGIONS[name];
    if (!content) throw new Error(`docs/format.md has a region "${name}" that nothing fills`);
    seen.add(name);
    return `${open}\n${content()}\n${close}`;
  });
  const missing = Object.keys(REGIONS).filter((name) => !seen.has(name));
  if (missing.length > 0) throw new Error(`docs/format.md has no region ${missing.join(', ')}`);
  return whole;
}

function wordTable(): string {
  const rows = Object.entries(FENCE_WORDS).map(([word, { form, doc }]) => {
    // A word does not go with itself.
    const fits = fitsOf(word).filter((use) => !use.split(' ').includes(word));
    return `| \`${form}\` | ${doc} | ${fits.length === 0 ? '' : fits.map((use) => `\`${use}\``).join(', ')} |`;
  });
  return ['| Word | What it does | Goes with |', '|---|---|---|', ...rows].join('\n');
}

function blockTable(): string {
  const rows = Object.values(DIRECTIVES).map(({ form, doc, inside, alone }) => {
    const where = inside
      ? `in ${inside.map((name) => `\`:::${name}\``).join(' or ')}`
      : alone
        ? 'in no other block'
        : '';
    return `| \`${form}\` | ${doc} | ${where} |`;
  });
  return ['| Block | What it is | Where |', '|---|---|---|', ...rows].join('\n');
}
