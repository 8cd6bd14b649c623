/** How often a test repeats what happens by chance: a few times in `npm test`, in full in `npm run test:long`. */
export const LONG = process.env['TEST_LONG'] === '1';

/** `usual` is what every change waits for, `long` what the promise was made for. */
export function counted({ usual, long }: { usual: number; long: number }): number {
  return LONG ? long : usual;
}
