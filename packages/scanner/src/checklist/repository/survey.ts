import { lstatSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { decode } from '../../files/decode.ts';
import { readRegularFile } from '../../files/read-file.ts';
import { reasonsIn } from '../../files/suppressions.ts';
import { walk } from '../../files/walk.ts';
import { isTest, nearSecret, secretRead, type Weakness, weaknesses } from './weaknesses.ts';

export interface Hit {
  readonly weakness: Weakness;
  readonly path: string;
  readonly line: number;
  /** The line speaks of secrets. */
  readonly isNearSecret: boolean;
}

/** What one pass over a folder saw, for all checks together. */
export interface Survey {
  /** Paths below the folder with `/`, without what .gitignore names. */
  readonly paths: ReadonlySet<string>;
  /** Files of code that were searched; tests, examples and documents are not. */
  readonly sources: number;
  readonly hits: readonly Hit[];
  /** Hits that a comment on their line allows, with its reason. */
  readonly allowed: readonly string[];
  /** Places where code reads a secret from its environment. */
  readonly secretReads: readonly string[];
  /** Documents that speak of replacing keys. */
  readonly rotationDocuments: readonly string[];
  /** Files that every user of the machine can change. */
  readonly worldWritable: readonly string[];
  /** Files of secrets, as `.env`, that others can read. */
  readonly openSecretFiles: readonly string[];
  /** Whether everything was read. */
  readonly isWhole: boolean;
}

const mostFiles = 100_000;
const largest = 2_000_000;
/** What is longer was not written by people. */
const longestLine = 2000;
const code =
  /\.(?:py|[cm]?[jt]sx?|go|php|java|kt|scala|rb|rs|cs|sh|bash|ini|cfg|conf|toml|ya?ml|properties)$|(?:^|\/)(?:Dockerfile|Makefile|\.npmrc|\.htaccess)[^/]*$/;
const documents = /\.(?:md|rst|adoc|txt)$/i;
const rotation =
  /\b(?:rotat\w{1,5}|replac\w{1,5}|renew\w{0,3})\b.{0,60}\b(?:keys?|secrets?|credentials?|certificates?|passwords?|tokens?)\b|\b(?:keys?|secrets?|credentials?|certificates?|passwords?|tokens?)\b.{0,60}\brotat/i;
export const secretFile = /(?:^|\/)\.env(?:\.(?!example$|sample$|template$|dist$|defaults?$)[\w-]+)*$/;

/**
 * Looks at every file of the folder once. Links are not followed, and nothing is run.
 * @param today `YYYY-MM-DD`, for comments that allow a line until a day
 */
export function surveyOf(folder: string, today: string): Survey {
  const survey = {
    paths: new Set<string>(),
    sources: 0,
    hits: [] as Hit[],
    allowed: [] as string[],
    secretReads: [] as string[],
    rotationDocuments: [] as string[],
    worldWritable: [] as string[],
    openSecretFiles: [] as string[],
    isWhole: true,
  };
  for (const { path: absolute, raw, skip } of walk(folder, { useIgnoreFiles: true })) {
    const path = relative(folder, absolute).replaceAll(sep, '/');
    const mode = modeOf(raw ?? absolute);
    // It is ignored, as it should be, and lies in the folder all the same.
    if (secretFile.test(path) && mode !== undefined && (mode & 0o077) !== 0)
      survey.openSecretFiles.push(path);
    if (skip === 'unreadable') survey.isWhole = false;
    if (skip !== undefined) continue;
    if (survey.paths.size === mostFiles) {
      survey.isWhole = false;
      break;
    }
    survey.paths.add(path);
    if (mode !== undefined && (mode & 0o002) !== 0) survey.worldWritable.push(path);
    const isCode = code.test(path) && !isTest(path);
    if (!isCode && !documents.test(path)) continue;
    const result = readRegularFile(raw ?? absolute, () => largest);
    if (!('bytes' in result)) {
      // A document that is not read could only have spoken for the folder.
      if (isCode) survey.isWhole = false;
      continue;
    }
    const { text } = decode(result.bytes);
    if (isCode) search(path, text, today, survey);
    else if (rotation.test(text.slice(0, 200_000))) survey.rotationDocuments.push(path);
  }
  return survey;
}

function search(
  path: string,
  text: string,
  today: string,
  survey: { sources: number; hits: Hit[]; allowed: string[]; secretReads: string[] },
): void {
  survey.sources++;
  const { reasons } = reasonsIn(text, today);
  const name = path.slice(path.lastIndexOf('/') + 1);
  const ending = name.slice(name.lastIndexOf('.') + 1);
  const own = weaknesses.filter(
    ({ files }) => files.includes(ending) || files.some((one) => name.startsWith(one)),
  );
  for (const [i, whole] of text.split('\n').entries()) {
    if (whole.length > longestLine || /^\s*(?:#(?!!)|\/\/|\*|--)/.test(whole)) continue;
    if (secretRead.test(whole)) survey.secretReads.push(`${path}:${i + 1}`);
    for (const weakness of own) {
      if (!weakness.pattern.test(whole)) continue;
      const reason = reasons.get(`${i + 1}:${weakness.id}`);
      if (reason !== undefined) survey.allowed.push(`${path}:${i + 1} is allowed: ${reason}`);
      else survey.hits.push({ weakness, path, line: i + 1, isNearSecret: nearSecret.test(whole) });
    }
  }
}

/** Of the file itself; undefined where the system has no such modes. */
function modeOf(path: string | Buffer): number | undefined {
  if (process.platform === 'win32') return undefined;
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat?.isFile() ? stat.mode : undefined;
}
