/** Standard output as tools that are piped want it. */

/** As wide as the terminal; there is no end of it where there is none. */
export const outputWidth = () => (process.stdout.isTTY ? process.stdout.columns || 80 : Infinity);

/** Whoever reads may have enough (`| head`): then there is nothing more to do. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

export const print = (lines: readonly string[]) => void process.stdout.write(lines.map((line) => `${line}\n`).join(''));
