import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Metrics } from './metrics.ts';

/** The grammar of a sample in the text format 0.0.4, and its labels as a scraper reads them. */
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{([^\n]*)\})? (-?[0-9.e+-]+|NaN|[+-]Inf)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/gy;

function parsed(text: string) {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name, labels = '', value] = SAMPLE.exec(line) ?? expect.fail(`no sample: ${line}`);
      const pairs = [...labels.matchAll(LABEL)];
      expect(pairs.map(([whole]) => whole).join('')).toBe(labels);
      const unescaped = (text: string) => text.replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c));
      return { name, labels: Object.fromEntries(pairs.map(([, k, v]) => [k, unescaped(v!)])), value };
    });
}

describe('the text format', () => {
  it('names, explains and types each family before its samples, and ends in a line break', async () => {
    const metrics = new Metrics();
    const hits = metrics.counter('hits_total', 'Hits.\nOf all kinds.', ['kind']);
    hits('a').value++;
    hits('b').value += 2;
    hits('a').value++;
    metrics.gauge('depth', 'How deep.', [], () => [[[], 1.5]]);
    expect(await metrics.render()).toBe(
      '# HELP hits_total Hits.\\nOf all kinds.\n# TYPE hits_total counter\nhits_total{kind="a"} 2\nhits_total{kind="b"} 2\n' +
        '# HELP depth How deep.\n# TYPE depth gauge\ndepth 1.5\n',
    );
  });

  it('brings back any text of a label and any number', async () => {
    const sample = fc.tuple(fc.string({ unit: 'binary' }), fc.double());
    await fc.assert(
      fc.asyncProperty(fc.array(sample), async (samples) => {
        const metrics = new Metrics();
        metrics.gauge('g', 'h', ['l'], () => samples.map(([label, value]) => [[label], value]));
        const read = parsed(await metrics.render());
        expect(
          read.map(({ labels, value }) => [labels.l, Number(value!.replace('Inf', 'Infinity'))]),
        ).toEqual(samples.map(([label, value]) => [label, Object.is(value, -0) ? 0 : value]));
      }),
      { numRuns: 30 },
    );
  });

  it('counts a histogram into buckets that each hold the ones below, up to +Inf', async () => {
    const metrics = new Metrics();
    const seconds = metrics.histogram('seconds', 'h', ['route'], [0.1, 1])('/x');
    for (const value of [0.05, 0.1, 0.5, 3]) seconds.observe(value);
    expect(parsed(await metrics.render()).map(({ name, labels, value }) => [name, labels.le, value])).toEqual(
      [
        ['seconds_bucket', '0.1', '2'],
        ['seconds_bucket', '1', '3'],
        ['seconds_bucket', '+Inf', '4'],
        ['seconds_sum', undefined, '3.65'],
        ['seconds_count', undefined, '4'],
      ],
    );
  });

  it('leaves out what cannot be read just then, and shows the rest', async () => {
    const metrics = new Metrics();
    metrics.gauge('broken', 'h', [], () => {
      throw new Error('gone');
    });
    metrics.gauge('well', 'h', [], async () => [[[], 1]]);
    expect(parsed(await metrics.render())).toEqual([{ name: 'well', labels: {}, value: '1' }]);
  });

  it('takes no name twice, and none that is no name', () => {
    const metrics = new Metrics();
    metrics.counter('a', 'h');
    expect(() => metrics.counter('a', 'h')).toThrow(TypeError);
    expect(() => metrics.counter('a b', 'h')).toThrow(TypeError);
  });
});
