import { randomInt } from 'node:crypto';
import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { withExamples } from '../examples.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const LENGTH = 64;

/** Checks of keys refuse these as signs of a placeholder; about one random key in 7,500 has one by chance. */
const PLACEHOLDERS = /test|demo|example|password|123456/i;

/** 64 letters and digits, about 381 bits, from the system's secure source. */
export function generateKey(): string {
  for (;;) {
    const key = Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
    if (!PLACEHOLDERS.test(key)) return key;
  }
}

export function registerSecurityGenerateKey(security: Command, context: Context): void {
  const command = security
    .command('generate-key')
    .description('print a new random key of 64 letters and digits')
    .option('--json', 'print JSON')
    .action(({ json }: { json?: true }) => {
      const key = generateKey();
      context.out(json ? JSON.stringify({ key }) : key);
    });
  withExamples(
    command,
    'memhold security generate-key',
    'MEMHOLD_JWT_SECRET=$(memhold security generate-key) memhold serve',
  );
}
