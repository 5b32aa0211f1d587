import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { npmAdvisories, npmBehind, pipAdvisories } from './advisories.ts';

const lock = JSON.stringify({
  packages: {
    '': { dependencies: { tiny: '^1.0.0', other: '1.0.0' }, devDependencies: { tool: '^2.0.0' } },
    'node_modules/tiny': { version: '1.0.0' },
    'node_modules/other': { version: '1.0.0' },
    'node_modules/tool': { version: '2.0.0' },
  },
});

describe('reports of registries', () => {
  it('tell which direct dependencies are behind', () => {
    const report = JSON.stringify({
      tiny: { wanted: '1.4.0', latest: '2.0.0' },
      other: { wanted: '1.0.0', latest: '9.0.0' },
      deeper: { wanted: '3.0.0' },
    });
    expect(npmBehind(report, lock)).toEqual({
      direct: 3,
      behind: [{ package: 'tiny', current: '1.0.0', wanted: '1.4.0' }],
    });
    // npm prints nothing where nothing is behind.
    expect(npmBehind('', lock)).toEqual({ direct: 3, behind: [] });
    expect(npmBehind('{"error":{"code":"E404"}}', lock)).toBeUndefined();
  });

  it('know a fix within the range from one that is a new major version', () => {
    const entry = (fixAvailable: unknown) => ({
      name: 'tiny',
      fixAvailable,
      via: [
        {
          name: 'tiny',
          severity: 'high',
          title: 'bad',
          url: 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc',
        },
      ],
    });
    const of = (fixAvailable: unknown) =>
      npmAdvisories(
        JSON.stringify({ vulnerabilities: { tiny: entry(fixAvailable) }, metadata: {} }),
        'l',
      )?.[0];
    expect(of(true)).toMatchObject({ id: 'GHSA-aaaa-bbbb-cccc', severity: 'high', hasFix: true });
    expect(of({ name: 'tiny', version: '2.0.0', isSemVerMajor: true })).toMatchObject({ hasFix: false });
    expect(of(false)).toMatchObject({ hasFix: false });
  });

  it('may hold anything: what is no report is none, and nothing is thrown', () => {
    const keys = fc.constantFrom(
      'vulnerabilities',
      'packages',
      '',
      'tiny',
      'via',
      'dependencies',
      'vulns',
      '__proto__',
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(null, 1, 'tiny', true),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(keys, tie('value'), { maxKeys: 4 }),
      ),
    }));
    const text = fc.oneof(
      value.map((one) => JSON.stringify(one)),
      fc.string(),
    );
    fc.assert(
      fc.property(text, text, (one, two) => {
        npmBehind(one, two);
        npmBehind(one, lock);
        npmAdvisories(one, 'lock');
        pipAdvisories(one, 'requirements.txt');
      }),
      { numRuns: 500 },
    );
  });
});
