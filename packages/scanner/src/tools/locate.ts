import { realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { decode, isBinary } from '../files/decode.ts';
import type { Place } from '../files/place.ts';
import { readRegularFile } from '../files/read-file.ts';
import { type LocatedFinding, type ReportedFinding, reasonsIn } from '../files/suppressions.ts';
import { preview } from '../finding.ts';
import { shownPath } from '../threads/take-files.ts';
import { cleanRuleId, cleanText, cleanToolName } from './clean-words.ts';
import { isBelow } from './find-program.ts';
import { SourceText } from './source-text.ts';
import type { Dependency, Span, ToolFinding } from './tool.ts';
import { toolFingerprint } from './tool-fingerprint.ts';

const largestSource = 10_000_000;
/** What is longer is no secret: a part of the text, which would be read for each that tells of it. */
const longestSecret = 20_000;

interface Source {
  readonly text: SourceText;
  /** Of its comments that suppress: see `reasonsIn`. */
  readonly reasons: ReadonlyMap<string, string>;
}

export interface LocatorOptions {
  /** The folder of the scan, absolute. */
  readonly folder: string;
  /** What the scan was asked for, absolute: nothing outside of it is read. */
  readonly paths: readonly string[];
  /** `YYYY-MM-DD`: comments that ended before it do not count. Undefined: none counts. */
  readonly suppressionsAsOf: string | undefined;
}

/** Turns what tools told into findings of the report: their places, fingerprints and clean words. */
export class Locator {
  readonly #options: LocatorOptions;
  readonly #roots: readonly string[];
  #last: { readonly path: string; readonly source: Source | undefined } | undefined;

  constructor(options: LocatorOptions) {
    this.#options = options;
    this.#roots = [options.folder, ...options.paths].flatMap((path) => real(path) ?? []);
  }

  /** @param base what relative paths start from, absolute */
  locate(tool: string, told: ToolFinding, base: string): LocatedFinding {
    const ruleId = `${cleanToolName(told.tool ?? tool)}/${cleanRuleId(told.rule)}`;
    const isPage = told.category === 'web' || /^https?:\/\//i.test(told.file);
    const file = isPage ? undefined : fileOf(told.file, base);
    const place: Place = {
      path: file === undefined ? told.file : shownPath(file, this.#options.folder),
      ...(told.commit !== undefined && { commit: told.commit }),
    };
    const source = file === undefined || told.commit !== undefined ? undefined : this.#sourceOf(file);
    const finding = findingOf(ruleId, told, place, source?.text);
    // Comments are of the text; what is wrong with them our own scan of it tells.
    const judged = source === undefined ? undefined : this.#judge(source, finding);
    return { finding, place, ...(judged !== undefined && { suppression: judged }) };
  }

  #judge({ reasons }: Source, { line, ruleId, scope }: ReportedFinding): LocatedFinding['suppression'] {
    const reason = scope === 'file' ? undefined : reasons.get(`${line}:${ruleId}`);
    return reason === undefined ? undefined : { by: 'comment', reason };
  }

  #sourceOf(file: string): Source | undefined {
    if (this.#last?.path !== file) this.#last = { path: file, source: this.#read(file) };
    return this.#last.source;
  }

  #read(file: string): Source | undefined {
    const target = real(file);
    if (target === undefined || !this.#roots.some((root) => isBelow(target, root))) return undefined;
    const result = readRegularFile(file, () => largestSource);
    if ('skip' in result || isBinary(result.bytes)) return undefined;
    const { text } = decode(result.bytes);
    const { suppressionsAsOf } = this.#options;
    const reasons = suppressionsAsOf === undefined ? new Map() : reasonsIn(text, suppressionsAsOf).reasons;
    return { text: new SourceText(text), reasons };
  }
}

function fileOf(file: string, base: string): string {
  // A NUL would end the name for the system, and not for us.
  const name = file.replaceAll('\0', '\ufffd');
  return isAbsolute(name) ? resolve(name) : resolve(join(isFolder(base) ? base : dirname(base), name));
}

function findingOf(
  ruleId: string,
  told: ToolFinding,
  place: Place,
  source: SourceText | undefined,
): ReportedFinding {
  const span = spanIn(source, told);
  const at = span === undefined ? undefined : source?.positionOf(span.start);
  const line = at?.line ?? Math.max(1, told.line ?? 1);
  const dependency = told.dependency === undefined ? undefined : cleanDependency(told.dependency);
  const isSecret = told.category === 'secret';
  return {
    ruleId,
    category: told.category,
    severity: told.severity,
    confidence: told.confidence,
    validated: false,
    title: cleanText(told.title, 160),
    start: span?.start ?? 0,
    end: span?.end ?? 0,
    line,
    column: at?.column ?? 1,
    preview:
      isSecret && span !== undefined ? preview('', span.end - span.start) : dependencyWords(dependency),
    fingerprint: toolFingerprint(ruleId, told, place, source, span, line),
    ...(dependency !== undefined && { dependency }),
    ...(span === undefined && {
      scope: told.line === undefined || told.line === 0 || told.secretDigest !== undefined ? 'file' : 'line',
    }),
  };
}

/** Where a value lies, or the part of a line that a tool means. Undefined where the text has no such place. */
function spanIn(source: SourceText | undefined, told: ToolFinding): Span | undefined {
  if (source === undefined || told.line === undefined) return undefined;
  if (told.secretIn !== undefined) {
    // gitleaks counts some lines from 0: the line before is where the search begins.
    const from = source.startOfLine(Math.max(1, told.line - 1));
    return from === undefined ? undefined : told.secretIn(source.text, from);
  }
  const span = told.column === undefined || told.column === 0 ? undefined : source.spanOf(told);
  const isTooLong = told.category === 'secret' && span !== undefined && span.end - span.start > longestSecret;
  return isTooLong ? undefined : span;
}

function cleanDependency({ name, version, fixedIn, advisories }: Dependency): Dependency {
  return {
    name: cleanText(name, 120),
    advisories: advisories.slice(0, 20).map((one) => cleanRuleId(one)),
    ...(version !== undefined && { version: cleanText(version, 60) }),
    ...(fixedIn !== undefined && { fixedIn: cleanText(fixedIn, 80) }),
  };
}

function dependencyWords(dependency: Dependency | undefined): string {
  if (dependency === undefined) return '';
  const { name, version, fixedIn } = dependency;
  return `${name}${version === undefined ? '' : ` ${version}`}${fixedIn === undefined ? '' : `, fixed in ${fixedIn}`}`;
}

function real(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
