/** Prometheus text exposition format 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

interface Family {
  name: string;
  help: string;
  type: 'counter' | 'gauge' | 'histogram';
  lines(): Iterable<string> | Promise<Iterable<string>>;
}

/** A number with the values of its labels, in the order of their names. */
export type Sample = readonly [labels: readonly string[], value: number];

/** What counts up. Keep the object and add to `value`: nothing is looked up on the way. */
export interface Count {
  value: number;
}

const NAME = /^[a-z][a-z0-9_]*$/;

/**
 * What this process tells a scraper. Every label has few values that this product or its operator chose: none comes
 * out of a request, which could make as many series as it likes.
 */
export class Metrics {
  private readonly families = new Map<string, Family>();

  /** Returns the count of one set of label values, made when it is first asked for. */
  counter(name: string, help: string, labels: readonly string[] = []): (...values: string[]) => Count {
    const counts = new Map<string, { values: string[]; value: number }>();
    this.add({
      name,
      help,
      type: 'counter',
      lines: () => [...counts.values()].map(({ values, value }) => line(name, labels, values, value)),
    });
    return (...values) => {
      const key = values.join('\0');
      let count = counts.get(key);
      if (!count) {
        count = { values, value: 0 };
        counts.set(key, count);
      }
      return count;
    };
  }

  /** Asked at every scrape. What fails or has no number just then has no sample. */
  gauge(
    name: string,
    help: string,
    labels: readonly string[],
    read: () => Iterable<Sample> | Promise<Iterable<Sample>>,
    type: 'gauge' | 'counter' = 'gauge',
  ): void {
    const lines = async () => {
      const samples = await Promise.resolve()
        .then(read)
        .catch(() => []);
      return [...samples].map(([values, value]) => line(name, labels, values, value));
    };
    this.add({ name, help, type, lines });
  }

  /** @param bounds upper bounds of the buckets, ascending, without the last one (+Inf) */
  histogram(
    name: string,
    help: string,
    labels: readonly string[],
    bounds: readonly number[],
  ): (...values: string[]) => Histogram {
    const histograms = new Map<string, { values: string[]; of: Histogram }>();
    const lines = () => [...histograms.values()].flatMap(({ values, of }) => of.lines(name, labels, values));
    this.add({ name, help, type: 'histogram', lines });
    return (...values) => {
      const key = values.join('\0');
      let found = histograms.get(key);
      if (!found) {
        found = { values, of: new Histogram(bounds) };
        histograms.set(key, found);
      }
      return found.of;
    };
  }

  async render(): Promise<string> {
    const parts = await Promise.all(
      [...this.families.values()].map(async ({ name, help, type, lines }) => {
        const samples = [...(await lines())];
        const head = `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${type}\n`;
        return samples.length === 0 ? '' : `${head}${samples.join('\n')}\n`;
      }),
    );
    return parts.join('');
  }

  private add(family: Family): void {
    if (!NAME.test(family.name) || this.families.has(family.name))
      throw new TypeError(`${family.name} is no new name of a metric`);
    this.families.set(family.name, family);
  }
}

export class Histogram {
  private readonly bounds: readonly number[];
  private readonly buckets: Float64Array;
  private sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.buckets = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    let bucket = 0;
    while (bucket < this.bounds.length && value > this.bounds[bucket]!) bucket++;
    this.buckets[bucket]! += 1;
    this.sum += value;
  }

  lines(name: string, labels: readonly string[], values: readonly string[]): string[] {
    let count = 0;
    const lines = Array.from(this.buckets, (inBucket, i) => {
      count += inBucket;
      const bound = this.bounds[i];
      const le = bound === undefined ? '+Inf' : String(bound);
      return line(`${name}_bucket`, [...labels, 'le'], [...values, le], count);
    });
    lines.push(line(`${name}_sum`, labels, values, this.sum), line(`${name}_count`, labels, values, count));
    return lines;
  }
}

function line(name: string, labels: readonly string[], values: readonly string[], value: number): string {
  const pairs = labels.map((label, i) => `${label}="${escaped(values[i] ?? '')}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${numberText(value)}`;
}

const escaped = (value: string) =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
