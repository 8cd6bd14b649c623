/** Reads Prometheus' text format as a scraper does, and refuses what one would. */

interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LINE = /^([^\s{]+)(?:\{(.*)\})? (\S+)$/;
const LABELS = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(?:,|$)/gy;

export class Scrape {
  readonly samples: Sample[] = [];
  readonly types = new Map<string, string>();
  readonly helps = new Map<string, string>();

  constructor(text: string) {
    if (!text.endsWith('\n')) throw new Error('the last line has no end');
    for (const line of text.split('\n')) this.take(line);
    this.examine();
  }

  /** The sum of all samples that have these labels. */
  value(name: string, labels: Record<string, string> = {}): number {
    const fitting = this.samples.filter(
      (sample) =>
        sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    );
    return fitting.reduce((sum, { value }) => sum + value, 0);
  }

  private take(line: string): void {
    if (line === '') return;
    const [, what, about = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (what) {
      const known = what === 'HELP' ? this.helps : this.types;
      if (known.has(about)) throw new Error(`${about} has two lines of ${what}`);
      known.set(about, rest);
      return;
    }
    const [, name = '', labels = '', value = ''] = LINE.exec(line) ?? [];
    if (!NAME.test(name)) throw new Error(`no sample: ${line}`);
    const pairs = [...labels.matchAll(LABELS)];
    if (pairs.map(([whole]) => whole).join('') !== labels) throw new Error(`no labels: ${labels}`);
    const number = value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value);
    if (value !== 'Nan' && value !== 'NaN' && Number.isNaN(number)) throw new Error(`no number: ${line}`);
    this.samples.push({ name, labels: Object.fromEntries(pairs.map(([, key, text]) => [key!, text!])), value: number });
  }

  private examine(): void {
    const seen = new Set<string>();
    for (const { name, labels } of this.samples) {
      const family = this.types.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '');
      if (!this.types.has(family) || !this.helps.has(family)) throw new Error(`${name} has no type or no help`);
      const key = name + keyOf(labels);
      if (seen.has(key)) throw new Error(`${key} stands there twice`);
      seen.add(key);
    }
    for (const [family, type] of this.types) if (type === 'histogram') this.examineHistogram(family);
  }

  private examineHistogram(family: string): void {
    for (const count of this.samples.filter(({ name }) => name === `${family}_count`)) {
      const ofCount = ({ name, labels }: Sample) =>
        name === `${family}_bucket` && keyOf({ ...labels, le: '' }) === keyOf({ ...count.labels, le: '' });
      const buckets = this.samples.filter(ofCount);
      const values = buckets.map(({ value }) => value);
      const grow = values.every((value, index) => index === 0 || value >= values[index - 1]!);
      if (!grow || values.at(-1) !== count.value) throw new Error(`the buckets of ${family} do not add up`);
    }
  }
}

function keyOf(labels: Record<string, string>): string {
  return JSON.stringify(Object.entries(labels).sort());
}

export async function scrape(url: string): Promise<Scrape> {
  const response = await fetch(url);
  if (!response.headers.get('content-type')?.startsWith('text/plain; version=0.0.4')) throw new Error('another format');
  return new Scrape(await response.text());
}
