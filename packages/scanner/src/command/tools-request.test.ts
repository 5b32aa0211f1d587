import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runScanner } from '../testing/run-scan.ts';
import { readToolsRequest } from './tools-request.ts';

describe('what a command line asks of other tools', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tools-request-'));
  it.each([
    [['--with', 'bandid'], 'perhaps bandit is meant'],
    [['--with', ''], '--with knows no such tool'],
    [['--with', 'bandit', '--staged'], '--with looks at files as they are'],
    [['--with', 'bandit', '-'], 'not at standard input'],
    [['--with', 'zap-baseline'], 'say which with --zap-target'],
    [['--with', 'bandit', '--zap-target', 'http://a.test'], '--zap-target is for zap-baseline'],
    [['--with', 'zap-baseline', '--zap-target', 'file:///etc/passwd'], 'the address of a site'],
    [['--with', 'zap-baseline', '--zap-target', '-x'], 'ambiguous'],
    [['--with', 'zap-baseline', '--zap-target', 'http://u:p@a.test'], 'takes no password'],
    [['--tool-timeout', '5'], 'are for tools'],
    [['--with', 'bandit', '--tool-timeout', '0'], 'takes minutes'],
    [['--with', 'bandit', '--tool-timeout', '1e9'], 'takes minutes'],
    [['--merge', ''], '--merge takes a file'],
  ])('is refused: %j', async (argv, words) => {
    const { code, out, err } = await runScanner(folder, argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(words);
  });

  const read = (flags: Parameters<typeof readToolsRequest>[0]) =>
    readToolsRequest(flags, { paths: [], isOfGit: false });

  it('names tools once, and reports with or without whose they are', () => {
    expect(
      read({ with: 'bandit, semgrep,bandit', merge: ['a.json', 'gitleaks=b.json', 'odd=name.json'] }),
    ).toEqual({
      names: ['bandit', 'semgrep'],
      areAskedFor: true,
      reports: [
        { file: 'a.json', tool: undefined },
        { file: 'b.json', tool: 'gitleaks' },
        { file: 'odd=name.json', tool: undefined },
      ],
      target: undefined,
      timeout: 600_000,
    });
  });

  it('has no site among all that is installed unless one is named', () => {
    expect(read({ with: 'all-installed' })?.names).not.toContain('zap-baseline');
    expect(read({ with: 'all-installed', zapTarget: 'http://127.0.0.1:3000' })?.names).toContain(
      'zap-baseline',
    );
  });
});
