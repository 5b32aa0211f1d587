import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { plant } from '../testing/fake-tools.ts';
import { runnableTools } from './run-tools.ts';
import { runnableNames } from './tool-names.ts';

describe('plans', () => {
  const folder = mkdtempSync(join(tmpdir(), 'plans-'));
  plant(folder, {
    'a.py': '',
    'a.js': '',
    Dockerfile: '',
    'requirements.txt': '',
    'package-lock.json': '{}',
    'package.json': '{}',
    'yarn.lock': '',
  });
  const files = ['a.py', 'a.js', 'Dockerfile', 'requirements.txt', 'package-lock.json', 'yarn.lock'].map(
    (name) => join(folder, name),
  );
  const planOf = (name: string, changes: object = {}) =>
    runnableTools.get(name)!.plan!({
      ...{ program: '/usr/bin/env', folder, paths: [folder], files, useSuppressions: true },
      ...{
        scratch: mkdtempSync(join(tmpdir(), 'scratch-')),
        hasVariable: () => false,
        target: 'http://127.0.0.1:1/',
      },
      ...changes,
    });

  it.each([...runnableNames])(
    '%s: paths stand behind the options, and nothing is run in the tree that reads settings',
    (name) => {
      const invocations = planOf(name);
      expect(invocations.length).toBeGreaterThan(0);
      for (const { args, folder: place } of invocations) {
        expect(place.startsWith(folder)).toBe(false);
        const first = args.findIndex((arg) => arg.startsWith(folder));
        if (first !== -1) expect(args[first - 1]).toBe('--');
      }
    },
  );

  it.each([...runnableNames].filter((name) => name !== 'zap-baseline'))(
    '%s: has nothing to do where there are no files',
    (name) => {
      expect(planOf(name, { files: [] })).toEqual([]);
    },
  );

  it.each(['pip-audit', 'safety'])(
    '%s: what a requirement file includes is looked at too, or it is said',
    (name) => {
      const place = mkdtempSync(join(tmpdir(), 'requirements-'));
      plant(place, {
        'requirements.txt': '-r requirements-base.txt\n# -r nowhere.txt\n',
        'requirements-base.txt': '',
        'requirements-other.txt': ' --requirement=base/pins.in\n',
      });
      const named = (...names: string[]) => ({ files: names.map((one) => join(place, one)) });
      expect(planOf(name, named('requirements.txt', 'requirements-base.txt'))).toHaveLength(2);
      expect(() => planOf(name, named('requirements.txt'))).toThrow('requirements-base.txt');
      expect(() => planOf(name, named('requirements-other.txt'))).toThrow('includes base/pins.in');
      expect(() => planOf(name, named('requirements-gone.txt'))).toThrow('cannot be read');
    },
  );

  it('eslint: looks for no formatter by its name, which code in node_modules of the tree could have', () => {
    const { args } = planOf('eslint')[0]!;
    expect(isAbsolute(args[args.indexOf('--format') + 1]!)).toBe(true);
  });

  it.each(['venv', 'site-packages', '__pycache__'])(
    'bandit: passes over no folder that counts, whatever its name: %s',
    (name) => {
      const excluded = (files: string[]) => {
        const { args } = planOf('bandit', { files })[0]!;
        return args[args.indexOf('-x') + 1]!.split(',');
      };
      expect(excluded([join(folder, 'a.py')])).toContain(`*/${name}/*`);
      expect(excluded([join(folder, 'src', name, 'a.py')])).not.toContain(`*/${name}/*`);
    },
  );

  it.each([
    ['bandit', '--ignore-nosec'],
    ['semgrep', '--disable-nosem'],
    ['eslint', '--no-inline-config'],
    ['hadolint', '--disable-ignore-pragma'],
    ['gitleaks', '--ignore-gitleaks-allow'],
  ])('%s: obeys no comments where ours do not count', (name, option) => {
    expect(planOf(name)[0]!.args).not.toContain(option);
    expect(planOf(name, { useSuppressions: false })[0]!.args).toContain(option);
  });
});
