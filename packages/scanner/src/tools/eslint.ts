import { existsSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join, parse } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  countIfAny,
  entriesIfAny,
  entriesOf,
  fieldsOf,
  hasFields,
  mostFindings,
  textIfAny,
  textOf,
} from './json-shape.ts';
import type { Tool, ToolFinding } from './tool.ts';
import { mappingsIn } from './weaknesses.ts';

/** Rules that are about security, with their weaknesses; of others only the built-in ones that run code are told. */
const weaknessOf: Readonly<Record<string, readonly number[]>> = {
  'no-eval': [95],
  'no-implied-eval': [95],
  'no-new-func': [95],
  'no-script-url': [79],
  'security/detect-bidi-characters': [94],
  'security/detect-buffer-noassert': [119],
  'security/detect-child-process': [78],
  'security/detect-disable-mustache-escape': [79],
  'security/detect-eval-with-expression': [95],
  'security/detect-new-buffer': [665],
  'security/detect-no-csrf-before-method-override': [352],
  'security/detect-non-literal-fs-filename': [22],
  'security/detect-non-literal-regexp': [1333],
  'security/detect-non-literal-require': [829],
  'security/detect-object-injection': [915],
  'security/detect-possible-timing-attacks': [208],
  'security/detect-pseudoRandomBytes': [338],
  'security/detect-unsafe-regex': [1333],
};
const builtIn = Object.keys(weaknessOf).filter((rule) => !rule.includes('/'));
const isAboutSecurity = (rule: string) =>
  Object.hasOwn(weaknessOf, rule) ||
  /(?:^|\/)(?:security|no-unsanitized|no-secrets|xss|sonarjs)\b/.test(rule);

/**
 * ESLint: weaknesses in JavaScript. A configuration of the scanned tree is code and is not run: it gets one of ours, with
 * the built-in rules that forbid eval and eslint-plugin-security where that is installed beside ESLint itself. Nor does it
 * run in the tree: there it would take `eslint-formatter-json` out of node_modules, which is code too, before its own,
 * and `eslint-suppressions.json`.
 * https://eslint.org/docs/latest/use/formatters/#json
 */
export const eslint: Tool = {
  name: 'eslint',
  program: 'eslint',
  versionArguments: ['--version'],
  install: 'npm install --global eslint eslint-plugin-security',
  doneCodes: [0, 1],
  plan({ program, paths, files, scratch, useSuppressions }) {
    const scripts = files.filter((file) => /\.[cm]?jsx?$/.test(file));
    if (scripts.length === 0) return [];
    const [configuration, formatter] = [join(scratch, 'eslint.config.mjs'), join(scratch, 'formatter.cjs')];
    const passesModules = !scripts.some((file) => file.split(/[\\/]/).includes('node_modules'));
    writeFileSync(configuration, configurationFor(pluginBeside(program), passesModules), { mode: 0o600 });
    writeFileSync(formatter, 'module.exports = (results) => JSON.stringify(results);\n', { mode: 0o600 });
    const options = ['--no-config-lookup', '--config', configuration, '--format', formatter];
    options.push('--no-error-on-unmatched-pattern', '--no-warn-ignored');
    if (!useSuppressions) options.push('--no-inline-config');
    // It looks at nothing outside of the folder that it runs in.
    return [{ args: [...options, '--', ...paths], folder: parse(paths[0]!).root }];
  },
  recognises: (report) =>
    Array.isArray(report) && report.length > 0 && hasFields(report[0], 'filePath', 'messages', 'errorCount'),
  read(report) {
    const files = entriesOf(report, 'the report').map((one, i) => readFile(one, `[${i}]`));
    return {
      findings: files.flatMap(({ findings }) => findings),
      unread: files.flatMap(({ unread }) => unread),
    };
  },
};

function readFile(value: unknown, where: string): { findings: ToolFinding[]; unread: string[] } {
  const entry = fieldsOf(value, where);
  const file = textOf(entry.filePath, `${where}.filePath`);
  const messages = entriesOf(entry.messages, `${where}.messages`, mostFindings).map((one, i) =>
    fieldsOf(one, `${where}.messages[${i}]`),
  );
  const findings = messages.flatMap(
    (message, i) => findingOf(message, file, `${where}.messages[${i}]`) ?? [],
  );
  entriesIfAny(entry.suppressedMessages, `${where}.suppressedMessages`);
  return { findings, unread: messages.some(({ fatal }) => fatal === true) ? [file] : [] };
}

function findingOf(
  message: Readonly<Record<string, unknown>>,
  file: string,
  where: string,
): ToolFinding | undefined {
  const rule = textIfAny(message.ruleId, `${where}.ruleId`);
  const level = countIfAny(message.severity, `${where}.severity`);
  if (rule === undefined || !isAboutSecurity(rule)) return undefined;
  const weaknesses = Object.hasOwn(weaknessOf, rule) ? weaknessOf[rule]! : [];
  const words = (rule.split('/').at(-1) ?? rule).replaceAll('-', ' ');
  return {
    rule,
    title: `${words.charAt(0).toUpperCase()}${words.slice(1)}`,
    category: 'javascript',
    // Whoever configures a rule as an error means it; the plugin's own configuration warns.
    severity: level === 2 ? 'high' : 'medium',
    // Most rules of the plugin look at shapes and know no data flow.
    confidence: rule.includes('/') ? 'low' : 'medium',
    file,
    line: countIfAny(message.line, `${where}.line`),
    column: countIfAny(message.column, `${where}.column`),
    endLine: countIfAny(message.endLine, `${where}.endLine`),
    endColumn: countIfAny(message.endColumn, `${where}.endColumn`),
    mappings: mappingsIn([...weaknesses]),
    remediation: {
      steps: [
        'Pass data as data: no text that comes from outside becomes code, a command, a path or a pattern.',
      ],
      references: rule.includes('/') ? [] : [`https://eslint.org/docs/latest/rules/${rule}`],
    },
  };
}

/** eslint-plugin-security in the node_modules where ESLint lies, which is never one of the scanned tree. */
function pluginBeside(program: string): string | undefined {
  for (let at = dirname(realpathSync(program)); at !== dirname(at); at = dirname(at)) {
    const entry = join(at, 'node_modules', 'eslint-plugin-security', 'index.js');
    if (existsSync(entry)) return entry;
  }
  return undefined;
}

/** @param passesModules whether node_modules is passed over: not where files that count lie in it */
function configurationFor(plugin: string | undefined, passesModules: boolean): string {
  const own = Object.fromEntries(builtIn.map((rule) => [rule, 'error']));
  const rules = `...${plugin === undefined ? '{}' : 'security.configs.recommended.rules'}, ...${JSON.stringify(own)}`;
  return [
    plugin === undefined ? '' : `import security from ${JSON.stringify(pathToFileURL(plugin).href)};`,
    `export default [{ ignores: ['${passesModules ? '' : '!'}**/node_modules/'] }, {`,
    `  files: ['**/*.{js,mjs,cjs,jsx}'],`,
    `  languageOptions: { parserOptions: { ecmaFeatures: { jsx: true } } },`,
    plugin === undefined ? '' : '  plugins: { security },',
    `  rules: { ${rules} },`,
    '}];',
    '',
  ].join('\n');
}
