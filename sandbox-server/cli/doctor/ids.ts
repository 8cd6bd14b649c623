import { type Finding, lack, ok } from './finding.ts';
import { readText } from './probe.ts';

interface Range {
  from: number;
  count: number;
  /** `/etc/subuid:3: alice`. */
  where: string;
}

/** Ids that somebody has already must not be a sandbox's: it would own their files. */
export function examineIds(base: number, count: number): Finding {
  const text = (path: string) => readText(path) ?? '';
  const taken = [
    ...['/etc/subuid', '/etc/subgid'].flatMap((path) => parseSubids(path, text(path))),
    ...['/etc/passwd', '/etc/group'].flatMap((path) => parseAccounts(path, text(path))),
  ];
  const overlap = findOverlap(base, count, taken);
  const range = `${base} to ${base + count - 1}`;
  if (!overlap) return ok('Host ids', `${range} are nobody else’s`);
  const { from, count: length, where } = overlap;
  return lack(
    'Host ids',
    `${range} meet ${from}${length > 1 ? ` to ${from + length - 1}` : ''} of ${where}`,
    'Choose others with --id-base and --id-count, before the first learner comes.',
  );
}

export function findOverlap(base: number, count: number, taken: readonly Range[]): Range | undefined {
  return taken.find((range) => range.from < base + count && base < range.from + range.count);
}

/** `name:first:count` */
export function parseSubids(path: string, text: string): Range[] {
  return lines(path, text).flatMap(({ fields: [name, from, count], where }) =>
    name && from && count ? [{ from: Number(from), count: Number(count), where: `${where}: ${name}` }] : [],
  );
}

/** `name:password:id:…` */
export function parseAccounts(path: string, text: string): Range[] {
  return lines(path, text).flatMap(({ fields: [name, , id], where }) =>
    name && id ? [{ from: Number(id), count: 1, where: `${where}: ${name}` }] : [],
  );
}

function lines(path: string, text: string) {
  return text
    .split('\n')
    .map((line, index) => ({ line: line.trim(), where: `${path}:${index + 1}` }))
    .filter(({ line }) => line !== '' && !line.startsWith('#'))
    .map(({ line, where }) => ({ fields: line.split(':'), where }));
}
