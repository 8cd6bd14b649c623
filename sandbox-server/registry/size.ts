/** Bytes in words: 500000000 is "500 MB". */
export function saidSize(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  let amount = bytes;
  for (; amount >= 1000 && unit < units.length - 1; unit++) amount /= 1000;
  return `${Math.round(amount * 10) / 10} ${units[unit]}`;
}
