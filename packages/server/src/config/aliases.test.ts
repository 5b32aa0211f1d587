import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../config.ts';
import { folderWith, load, problemsOf } from './testing/loading.ts';

const TOKEN = 'r4nd0m-'.repeat(6);

describe('settings under the names that they have elsewhere', () => {
  it('stand for those that are absent', () => {
    const config = load({ AUTH_TOKEN: TOKEN, SERVER_HOST: 'localhost', SERVER_PORT: '8000', DEBUG: 'true' });
    expect(config).toMatchObject({ authToken: TOKEN, host: 'localhost', port: 8000, logLevel: 'debug' });
  });

  it('yield to those that are there, in the environment and in the file', () => {
    const own = {
      MEMHOLD_AUTH_TOKEN: `${TOKEN}own`,
      MEMHOLD_HOST: '127.0.0.2',
      MEMHOLD_PORT: '8001',
      MEMHOLD_LOG_LEVEL: 'warn',
    };
    const elsewhere = { AUTH_TOKEN: TOKEN, SERVER_HOST: 'localhost', SERVER_PORT: '8000', DEBUG: '1' };
    const expected = { authToken: `${TOKEN}own`, host: '127.0.0.2', port: 8001, logLevel: 'warn' };
    expect(load({ ...own, ...elsewhere })).toMatchObject(expected);
    const cwd = folderWith('port: 9000\nlog.level: error\n');
    expect(load(elsewhere, cwd)).toMatchObject({ port: 9000, logLevel: 'error', host: 'localhost' });
  });

  it.each(['', '0', 'false', 'express:*', 'truely'])('DEBUG=%j of others changes nothing', (DEBUG) => {
    expect(load({ DEBUG }).logLevel).toBe('info');
  });

  it('are not taken from what Kubernetes injects for a service named server', () => {
    expect(load({ SERVER_PORT: 'tcp://10.0.0.1:80' }).port).toBe(8002);
  });

  it('are refused by their own names, with the reason', () => {
    expect(problemsOf({ AUTH_TOKEN: 'your-secure-bearer-token' })).toEqual([
      expect.stringMatching(/^AUTH_TOKEN must be 32 to 1024 .* because a shorter token can be guessed/),
    ]);
    expect(problemsOf({ AUTH_TOKEN: '' })).toEqual(['AUTH_TOKEN is empty: give it a value or remove it']);
    expect(problemsOf({ SERVER_PORT: '99999' })).toEqual([expect.stringMatching(/^SERVER_PORT must be/)]);
    expect(problemsOf({ SERVER_HOST: '0.0.0.0' })).toEqual([
      expect.stringMatching(/^SERVER_HOST lets other/),
    ]);
  });

  it('without an effect are named at a start, never with their values', () => {
    const config = load({ OPENAI_API_KEY: 'sk-hunter22', MODEL_NAME: 'gpt-4', MEM0_PROVIDER: '' });
    expect(config.notices).toEqual([
      'OPENAI_API_KEY, MODEL_NAME have no effect in this version: it calls no model, and memories are stored as given',
    ]);
    expect(JSON.stringify(config)).not.toContain('hunter22');
    expect(load({ MODEL_NAME: 'gpt-4' }).notices).toEqual([expect.stringMatching(/^MODEL_NAME has no/)]);
    expect(load({}).notices).toBeUndefined();
  });

  it('of secrets are masked wherever the configuration is shown', () => {
    const config = load({ AUTH_TOKEN: TOKEN });
    expect(config.safeDump()).toMatchObject({ authToken: '***' });
    for (const shown of [
      String(config),
      JSON.stringify({ ...config }),
      inspect(config),
      inspect([{ config }]),
    ])
      expect(shown).not.toContain(TOKEN);
    try {
      load({ AUTH_TOKEN: `${TOKEN} x` });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      expect(`${error}${inspect(error)}`).not.toContain(TOKEN);
    }
  });
});
