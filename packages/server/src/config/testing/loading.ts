import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { ConfigError, loadConfig } from '../../config.ts';

/** A folder without a settings file. */
export const empty = mkdtempSync(join(tmpdir(), 'memhold-config-'));
export const HOME = '/home/ada';

export function load(env: Record<string, string> = {}, cwd = empty) {
  return loadConfig({ env: { HOME, ...env }, cwd });
}

/** A folder with this settings file. */
export function folderWith(yaml: string) {
  const cwd = mkdtempSync(join(tmpdir(), 'memhold-config-'));
  writeFileSync(join(cwd, 'memhold.yaml'), yaml);
  return cwd;
}

/** What is wrong with settings; empty where nothing is. */
export function problemsOf(env: Record<string, string>, cwd = empty): readonly string[] {
  try {
    loadConfig({ env: { HOME, ...env }, cwd });
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).problems;
  }
  return [];
}
