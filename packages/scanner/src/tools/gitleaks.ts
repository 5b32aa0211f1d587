import { hash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  countIfAny,
  entriesIfAny,
  fieldsOf,
  hasFields,
  mostFindings,
  textIfAny,
  textOf,
} from './json-shape.ts';
import type { Span, Tool, ToolFinding } from './tool.ts';
import { mappingsIn } from './weaknesses.ts';

/** How far from its line a secret may begin: the line of gitleaks is sometimes the one before. */
const searched = 20_000;

/**
 * gitleaks: secrets. It asks nothing of the network. Its reports hold the secrets themselves, and the lines around them:
 * here they serve to find the place, and go no further. It gets its own default rules, not the `.gitleaks.toml` of the
 * tree; `.gitleaksignore` beside what it scans it always reads. https://github.com/gitleaks/gitleaks#reporting
 */
export const gitleaks: Tool = {
  name: 'gitleaks',
  program: 'gitleaks',
  versionArguments: ['version'],
  install: 'see https://github.com/gitleaks/gitleaks#installing',
  doneCodes: [0],
  plan({ paths, files, scratch, useSuppressions }) {
    if (files.length === 0) return [];
    const configuration = join(scratch, 'gitleaks.toml');
    writeFileSync(configuration, '[extend]\nuseDefault = true\n', { mode: 0o600 });
    const options = ['dir', '--config', configuration, '--report-format', 'json', '--report-path', '-'];
    options.push('--no-banner', '--no-color', '--log-level', 'error', '--exit-code', '0');
    if (!useSuppressions) options.push('--ignore-gitleaks-allow');
    return paths.map((path) => ({ args: [...options, '--', path], folder: scratch }));
  },
  recognises: (report) =>
    Array.isArray(report) &&
    report.length > 0 &&
    hasFields(report[0], 'RuleID', 'StartLine', 'File', 'Fingerprint'),
  // Go writes an empty list as null.
  read: (report) => ({
    findings: entriesIfAny(report, 'the report', mostFindings).map((one, i) => findingOf(one, `[${i}]`)),
  }),
};

function findingOf(value: unknown, where: string): ToolFinding {
  const entry = fieldsOf(value, where);
  const secret = textOf(entry.Secret, `${where}.Secret`);
  const commit = textIfAny(entry.Commit, `${where}.Commit`);
  const rule = textOf(entry.RuleID, `${where}.RuleID`);
  // `--redact` writes this word, whole or after the beginning of the secret.
  const isTold = secret !== '' && !secret.includes('REDACTED') && !/\*{3}|\.\.\.$/.test(secret);
  return {
    rule,
    title: `Secret: ${rule.replaceAll('-', ' ')}`,
    category: 'secret',
    severity: 'high',
    confidence: 'medium',
    file: textOf(entry.File, `${where}.File`),
    ...(commit !== undefined && /^[\da-f]{40,64}$/.test(commit) && { commit }),
    line: countIfAny(entry.StartLine, `${where}.StartLine`),
    mappings: mappingsIn(['CWE-798']),
    remediation: {
      steps: ['Revoke the credential where it was issued, and take it out of the text and its history.'],
      references: [],
    },
    ...(isTold && {
      secretIn: finderOf(secret),
      secretDigest: hash('sha256', `gitleaks\0${secret}`).slice(0, 24),
    }),
  };
}

function finderOf(secret: string): (text: string, from: number) => Span | undefined {
  return (text, from) => {
    const at = text.slice(from, from + searched + secret.length).indexOf(secret);
    return at === -1 ? undefined : { start: from + at, end: from + at + secret.length };
  };
}
