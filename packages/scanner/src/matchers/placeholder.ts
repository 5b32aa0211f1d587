import { isStandIn } from './randomness.ts';

const words = new Set(
  (
    'password passwd pass pwd passphrase secret token key apikey api_key api-key credential credentials user ' +
    'username admin_password db_password database_password root_password changeit mypassword mysecret ' +
    'my-password my_password my-secret my_secret mytoken my-token my_token value string text none null nil ' +
    'undefined true false yes no required optional todo tbd fixme unset empty hidden masked secure test ' +
    'foo bar baz foobar foo_bar pw p pass-word the-password the_password some-password some_password ' +
    'somepassword somesecret prompt vault env encrypted omitted unknown n/a default'
  ).split(' '),
);

const fragments = [
  'your',
  'dummy',
  'xxxx',
  'change-me',
  'changeme',
  'change_me',
  'change-this',
  'changethis',
  'replace',
  'insert',
  'enter-',
  'enter_',
  '<',
  '>',
  '${',
  '$(',
  '{{',
  '}}',
  '<%',
  '%>',
  '#{',
  '%(',
  '%s',
  '***',
  '...',
  '…',
  '•••',
  '___',
  '---',
  'goes-here',
  'goes_here',
  '_here',
  '-here',
  'todo',
];

/** Template syntax (`${…}`, `{{…}}`, `<…>`, `%s`, `$VAR`, `@name@`) or a stand-in (`changeme`, `your-token`). */
export function isPlaceholder(value: string): boolean {
  const lower = value.toLowerCase();
  if (words.has(lower) || isStandIn(value)) return true;
  if (fragments.some((fragment) => lower.includes(fragment))) return true;
  const first = value[0];
  const last = value.at(-1);
  if (first === '{' && last === '}') return true;
  if (first === '[' && last === ']') return true;
  if ((first === '%' || first === '@') && first === last) return true;
  // Shell and PowerShell variables: `$DB_PASSWORD`, `$env:TOKEN`.
  return first === '$' && /^\$[A-Za-z_][\w:.]*$/.test(value) && !/\d.*[a-z].*\d/i.test(value);
}

/** As `isPlaceholder`, and very short ones, for passwords that have no other mark. */
export function isPlaceholderPassword(value: string): boolean {
  return (
    value.length < 3 ||
    isPlaceholder(value) ||
    /^[xX*•.]+$/.test(value) ||
    /^[A-Z][A-Z_]*_PASS\w*$/.test(value)
  );
}

const weakWords = new Set(
  (
    'password passwd pass pwd passphrase secret admin root test testing changeme changeit user username guest ' +
    'foo bar baz foobar qwerty letmein welcome default token key apikey example none null nil undefined true ' +
    'false yes no required optional string text value hidden prompt unknown empty unset todo fixme tbd prod dev ' +
    'bearer basic digest oauth plain md5 scram enabled disabled int bool boolean number object any void'
  ).split(' '),
);

/** A word that anyone would type first, or a word of code that stands for no value at all. */
export function isWeakWord(value: string): boolean {
  return weakWords.has(value.toLowerCase());
}

const templates =
  /\$[A-Z][A-Z_]{3,}(?![A-Za-z\d])|\$\{|\$\(|\{\{|\}\}|<%|%>|#\{|%\(|%[sdvqx]\b|\(\(|^\{.*\}$|^\[.*\]$|^<.*>$|^%.*%$|^@.*@$|^__.*__$/;
const elided = /x{4,}|#{4,}|\*{3,}|\.{3}|…|•{3}|_{3}|-{3}|0{7}|^[xX*•.]+$/;

/** Syntax into which something else is put (`${…}`, `{{…}}`, `<…>`, `%s`, `((…))`), or an elision (`xxxx`, `***`). */
export function isTemplate(value: string): boolean {
  return templates.test(value) || elided.test(value);
}

const phrases =
  /your|dummy|(?:^|[-_ ])(?:replace|insert)[-_ ]|^replace|enter[-_ ]|goes[-_ ]?here|[-_ ]here$|todo|placeholder|example|redacted|masked|change[-_ ](?:me|this|it)/i;

/** A phrase that asks for the value instead of being it: `your-token`, `change-me`, `api-key-goes-here`. */
export function isStandInPhrase(value: string): boolean {
  return phrases.test(value) || isStandIn(value);
}
