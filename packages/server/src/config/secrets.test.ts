import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConfigError } from '../config.ts';
import { definitions } from './settings.ts';
import { empty, folderWith, load, problemsOf } from './testing/loading.ts';

describe('secrets', () => {
  const secret = fc
    .string({ minLength: 12, maxLength: 40, unit: 'grapheme' })
    .filter((s) => !/[\0\r\n]/.test(s));
  const shownBy = (value: unknown) =>
    [String(value), JSON.stringify(value), inspect(value), inspect({ nested: [value] }, { depth: 9 })].join(
      '\n',
    );

  it('never appear in a dump, an inspection, JSON or text of the configuration', () => {
    fc.assert(
      fc.property(secret, secret, (passphrase, tail) => {
        const jwtSecret = tail.padEnd(80, tail);
        const adminPassword = `aB3${tail}`;
        const config = load({
          MEMHOLD_PASSPHRASE: passphrase,
          MEMHOLD_JWT_SECRET: jwtSecret,
          MEMHOLD_ADMIN_PASSWORD: adminPassword,
        });
        expect(config.passphrase).toBe(passphrase);
        const shown = [config, { ...config }, config.safeDump()].map(shownBy).join('\n');
        for (const value of [passphrase, jwtSecret, adminPassword]) {
          expect(shown).not.toContain(value);
          expect(shown).not.toContain(JSON.stringify(value).slice(1, -1));
        }
        expect(config.safeDump()).toMatchObject({
          passphrase: '***',
          jwtSecret: '***',
          adminPassword: '***',
        });
      }),
    );
  });

  it('never appear in errors, whatever setting they were put in', () => {
    const names = [
      ...Object.values(definitions).map(({ env }) => env as string),
      'MEMHOLD_UNKNOWN',
      'MEMHOLD_LLM',
    ];
    // Paths and names are no secrets, and are shown where they are accepted; a port in their place is not.
    fc.assert(
      fc.property(secret, fc.constantFrom(...names), (value, name) => {
        try {
          load({ [name]: value, MEMHOLD_PORT: `${value}!` });
          expect.unreachable();
        } catch (error) {
          const shown = [
            shownBy(error),
            (error as ConfigError).message,
            ...(error as ConfigError).problems,
          ].join('\n');
          expect(shown.replaceAll(empty, '')).not.toContain(value);
        }
      }),
    );
  });

  it('never appear in errors about the file that holds them', () => {
    const shapes = [
      (s: string) => `passphrase: "${s}`,
      (s: string) => `passphrase: [${s}]\n`,
      (s: string) => `passphrase: {a: "${s}"}\n`,
      (s: string) => `pasphrase: "${s}"\n`,
      (s: string) => `{passphrase ${s}}\n`,
      (s: string) => `passphrase ${s}\n`,
      (s: string) => `passphrase: ${s}: ${s}\n`,
      (s: string) => `jwt.secret: &a !t ${s}\nb: *a\n`,
      (s: string) => `passphrase: ${s}\nport: x\nkey.file: k\n`,
    ];
    const plain = fc.stringMatching(/^[a-z]{6}[ $%][A-Za-z0-9 $%]{8,20}[a-z]$/);
    fc.assert(
      fc.property(plain, fc.constantFrom(...shapes), (value, shape) => {
        const problems = problemsOf({}, folderWith(shape(value)));
        expect(problems.length).toBeGreaterThan(0);
        expect(problems.join('\n')).not.toContain(value);
      }),
      { numRuns: 60 },
    );
  });
});
