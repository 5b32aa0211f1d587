/** Tools that `--with` runs. A list of its own, because reading a command line loads no adapter. */
export const runnableNames = [
  'bandit',
  'eslint',
  'gitleaks',
  'hadolint',
  'npm-audit',
  'pip-audit',
  'safety',
  'semgrep',
  'snyk',
  'trivy',
  'yarn-audit',
  'zap-baseline',
] as const;

/** Tools whose reports `--merge` reads. */
export const readableNames = [...runnableNames, 'sarif'] as const;
