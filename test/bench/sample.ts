/** Text as programs print it, the same in each run: what the throughput is measured with. */

export type Sample = 'mixed' | 'plain' | 'short';

/** Bytes of one sample; it is printed many times over. Ends with a whole line. */
const SAMPLE_BYTES = 1024 * 1024;

const WORDS =
  'the of and to in is you that it he was for on are with as his they at be this have from or had by but what some we can out other were all there when up use your how said an each she which do their time if will way about many then them'.split(
    ' ',
  );
const BEYOND_ASCII = ['naïve', 'Größe', 'café', 'тест', 'λx', '─────', '→', '漢字', '✔', '…'];

export function sampleText(kind: Sample): Buffer {
  const random = generator(42);
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)]!;
  const lines: string[] = [];
  for (let bytes = 0; bytes < SAMPLE_BYTES; bytes += Buffer.byteLength(lines.at(-1)!)) {
    lines.push(kind === 'short' ? 'y\n' : `${line(kind, random, pick)}\n`);
  }
  return Buffer.from(lines.join(''));
}

/** What the terminal makes of it: the kernel puts a carriage return before each newline. */
export function asPrinted(text: Buffer): Buffer {
  return Buffer.from(text.toString('utf8').replaceAll('\n', '\r\n'));
}

/** 10 to 150 characters of words. In `mixed` every fifth word has a colour and every tenth is not ASCII. */
function line(kind: 'mixed' | 'plain', random: () => number, pick: <Item>(items: readonly Item[]) => Item): string {
  const length = 10 + Math.floor(random() * 140);
  let text = '';
  for (let letters = 0; letters < length;) {
    const word = kind === 'mixed' && random() < 0.1 ? pick(BEYOND_ASCII) : pick(WORDS);
    const colour = kind === 'mixed' && random() < 0.2 ? `\u001B[${30 + Math.floor(random() * 8)}m` : '';
    text += colour === '' ? `${word} ` : `${colour}${word}\u001B[0m `;
    letters += word.length + 1;
  }
  return text.trimEnd();
}

/** Numbers in [0, 1) that look random (a linear congruential generator, constants of Numerical Recipes). */
function generator(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}
