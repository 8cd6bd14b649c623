/** Where an image's packages come from: the mirrors that this host itself uses, else Debian's public ones. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PUBLIC_MIRROR = 'http://deb.debian.org/debian';
const PUBLIC_SECURITY_MIRROR = 'http://deb.debian.org/debian-security';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

interface Source {
  uri: string;
  suites: string[];
  components: string[];
}

/** Lines for the image's own apt. */
export function sourcesFor(suite: string, sources: readonly Source[]): string {
  const mirror =
    mirrorOf(sources, (name) => /^(bookworm|trixie|stable|oldstable)(-updates)?$/.test(name)) ?? PUBLIC_MIRROR;
  const security =
    mirrorOf(sources, (name) => /^(bookworm|trixie|stable|oldstable)-security$/.test(name)) ?? PUBLIC_SECURITY_MIRROR;
  return [
    `deb [signed-by=${KEYRING}] ${mirror} ${suite} main`,
    `deb [signed-by=${KEYRING}] ${mirror} ${suite}-updates main`,
    `deb [signed-by=${KEYRING}] ${security} ${suite}-security main`,
    '',
  ].join('\n');
}

/** Other projects publish under Debian's suite names too, but Debian alone has `main` under a path of its own name. */
function mirrorOf(sources: readonly Source[], isSuite: (name: string) => boolean): string | undefined {
  return sources.find(
    ({ uri, suites, components }) =>
      components.includes('main') && suites.some(isSuite) && /\/debian(-security)?\/?$/.test(uri),
  )?.uri;
}

export function readHostSources(folder = '/etc/apt'): Source[] {
  const parts = join(folder, 'sources.list.d');
  const paths = [
    join(folder, 'sources.list'),
    ...(existsSync(parts) ? readdirSync(parts).map((name) => join(parts, name)) : []),
  ];
  return paths
    .filter((path) => existsSync(path))
    .flatMap((path) => {
      const text = readFileSync(path, 'utf8');
      if (path.endsWith('.sources')) return parseParagraphs(text);
      return path.endsWith('.list') ? parseLines(text) : [];
    });
}

/** `deb [options] uri suite components…` */
export function parseLines(text: string): Source[] {
  return text.split('\n').flatMap((line) => {
    const [, uri, suite, components] = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+([^#]+)/.exec(line) ?? [];
    return uri ? [{ uri, suites: [suite!], components: components!.trim().split(/\s+/) }] : [];
  });
}

/** deb822: paragraphs of `Field: values`, continued on lines that begin with a space. */
export function parseParagraphs(text: string): Source[] {
  const withoutComments = text.replace(/^#.*\n?/gm, '');
  return withoutComments.split(/\n\s*\n/).flatMap((paragraph) => {
    const fields = new Map<string, string[]>();
    for (const [, name, value] of paragraph.matchAll(/^([A-Za-z-]+):((?:.*)(?:\n[ \t].*)*)/gm)) {
      fields.set(name!.toLowerCase(), value!.trim().split(/\s+/));
    }
    const values = (name: string) => fields.get(name) ?? [];
    if (!values('types').includes('deb') || values('enabled')[0] === 'no') return [];
    return values('uris').map((uri) => ({ uri, suites: values('suites'), components: values('components') }));
  });
}
