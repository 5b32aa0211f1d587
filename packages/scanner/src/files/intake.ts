import { basename } from 'node:path';
import type { Scanner } from '../scan.ts';
import { ArchiveBudget, type ArchiveLimits } from './archive-budget.ts';
import { archiveKind } from './archive-kind.ts';
import { isBinary, readings } from './decode.ts';
import { FindingTable, type TableData } from './finding-table.ts';
import { gunzip } from './inflate.ts';
import { isOwnFingerprint } from './own-fingerprint.ts';
import type { Place, Skip, SkipReason } from './place.ts';
import { isIncomplete } from './place.ts';
import { applySuppressions } from './suppressions.ts';
import { readTar } from './tar.ts';
import { type Member, readZip } from './zip.ts';

export interface IntakeOptions {
  readonly scanner: Scanner;
  /** Bytes of one text. */
  readonly largestText: number;
  readonly archiveLimits: ArchiveLimits;
  /** `YYYY-MM-DD`: suppressions that ended before it do not count. Undefined: none counts. */
  readonly suppressionsAsOf: string | undefined;
  /** Paths that are not read. */
  isExcluded?(path: string): boolean;
  /** Rules that the scanner has switched off since this was asked last. */
  takeSwitchedOff?(): readonly string[];
}

/** Of one text. Nobody reads more, and a text of nothing but findings would take a hundred times its size. */
const mostFindings = 10_000;

/** What an intake has taken in: plain data, which another thread can send. */
export interface Gathered {
  readonly findings: TableData;
  readonly skips: readonly Skip[];
  /** Files that were read as latin-1 because they are no UTF-8. */
  readonly latin1: readonly Place[];
  readonly files: number;
  readonly scanned: number;
  readonly bytes: number;
}

/** Takes in bytes with their places, opens archives, and gathers findings and what was left out. */
export class Intake {
  readonly findings = new FindingTable();
  readonly skips: Skip[] = [];
  /** Files that were read as latin-1 because they are no UTF-8. */
  readonly latin1: Place[] = [];
  files = 0;
  scanned = 0;
  bytes = 0;
  readonly #options: IntakeOptions;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** How many bytes of content with this beginning are wanted. */
  readonly sizeLimit = (head: Buffer): number => {
    const kind = archiveKind(head);
    const { largestText, archiveLimits } = this.#options;
    return kind === undefined || kind === 'unsupported' ? largestText : archiveLimits.storedBytes;
  };

  get gathered(): Gathered {
    const { findings, skips, latin1, files, scanned, bytes } = this;
    return { findings: findings.data, skips, latin1, files, scanned, bytes };
  }

  /** Adds what another intake has taken in. */
  absorb({ findings, skips, latin1, files, scanned, bytes }: Gathered): void {
    this.findings.absorb(findings);
    // One by one: there can be more of them than a call may have arguments.
    for (const one of skips) this.skips.push(one);
    for (const one of latin1) this.latin1.push(one);
    this.files += files;
    this.scanned += scanned;
    this.bytes += bytes;
  }

  get isComplete(): boolean {
    return !this.skips.some(({ reason }) => isIncomplete(reason));
  }

  isExcluded(path: string): boolean {
    return this.#options.isExcluded?.(path) === true;
  }

  skip(place: Place, reason: SkipReason): void {
    this.files++;
    this.skips.push({ place, reason });
  }

  /** Something about the whole scan or about a file that is counted already. */
  note(place: Place, reason: SkipReason, detail?: string): void {
    this.skips.push({ place, reason, ...(detail !== undefined && { detail }) });
  }

  take(place: Place, bytes: Buffer): void {
    this.files++;
    this.#open(place, bytes, undefined, 0);
  }

  #open(place: Place, bytes: Buffer, outer: ArchiveBudget | undefined, depth: number): void {
    const { archiveLimits, largestText } = this.#options;
    const kind = archiveKind(bytes);
    if (kind === 'unsupported') {
      this.note(place, 'unsupported-archive');
      return;
    }
    if (kind === undefined) {
      if (isBinary(bytes)) this.note(place, 'binary');
      else if (bytes.length > largestText) this.note(place, 'too-large');
      else this.#scan(place, bytes);
      return;
    }
    if (depth >= archiveLimits.depth) {
      this.note(place, 'archive-too-deep');
      return;
    }
    const budget = outer ?? new ArchiveBudget(archiveLimits, bytes.length);
    this.scanned++;
    const largestMember = Math.max(largestText, archiveLimits.storedBytes);
    for (const member of membersOf(kind, place, bytes, budget, largestMember)) {
      const inner = member.name === '' ? place : { ...place, path: `${place.path}!/${member.name}` };
      if (member.name !== '') this.files++;
      if (member.problem !== undefined) this.note(inner, member.problem);
      if (member.bytes === undefined) continue;
      if (this.isExcluded(inner.path)) this.note(inner, 'excluded');
      else this.#open(inner, member.bytes, budget, depth + 1);
    }
  }

  #scan(place: Place, bytes: Buffer): void {
    const { scanner, suppressionsAsOf } = this.#options;
    for (const { text, encoding } of readings(bytes)) {
      if (encoding === 'latin-1') this.latin1.push(place);
      try {
        const found = scanner(text, { mostFindings });
        if (found.length === mostFindings) this.note(place, 'too-many-findings');
        const findings = found.filter((finding) => !isOwnFingerprint(text, finding));
        for (const one of applySuppressions(text, findings, suppressionsAsOf))
          this.findings.add({ ...one, place });
      } catch {
        this.note(place, 'failed');
        return;
      }
    }
    for (const rule of this.#options.takeSwitchedOff?.() ?? []) this.note(place, 'rule-switched-off', rule);
    this.scanned++;
    this.bytes += bytes.length;
  }
}

function* membersOf(
  kind: 'zip' | 'gzip' | 'tar',
  place: Place,
  bytes: Buffer,
  budget: ArchiveBudget,
  largestMember: number,
): Generator<Member> {
  if (kind === 'zip') return yield* readZip(bytes, budget, largestMember);
  if (kind === 'tar') return yield* readTar(bytes, budget);
  const refusal = budget.admit();
  if (refusal !== undefined) return yield { name: '', problem: refusal };
  const { bytes: expanded, problem } = gunzip(bytes, budget.bytesLeft);
  budget.spend(expanded?.length ?? (problem === 'archive-too-large' ? budget.bytesLeft : 0));
  const name = basename(place.path)
    .replace(/\.gz$/i, '')
    .replace(/\.tgz$/i, '.tar');
  yield { name, ...(expanded && { bytes: expanded }), ...(problem && { problem }) };
}
