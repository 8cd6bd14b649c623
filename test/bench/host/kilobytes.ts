/** The number in a line `Key:   123 kB`, as many files under /proc have it. */
export function kilobytes(text: string, key: string): number {
  const found = new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
  if (found === undefined) throw new Error(`the kernel tells no ${key}`);
  return Number(found);
}
