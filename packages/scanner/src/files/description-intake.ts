import { FindingTable } from './finding-table.ts';
import { Intake } from './intake.ts';
import type { Place } from './place.ts';
import type { LocatedFinding } from './suppressions.ts';

/** As reports name what is no file. */
export const placeOfCommit = (id: string): Place => ({ path: `commit ${id.slice(0, 12)}`, commit: id });
export const placeOfTag = (id: string): Place => ({ path: `tag ${id.slice(0, 12)}` });

/**
 * Takes in commits and annotated tags as texts, whole as git keeps them: headers, messages, copies of merged tags. What it
 * finds is kept, but for the people whom headers and trailers name: they are in every commit, and meant to be read.
 */
export class DescriptionIntake extends Intake {
  readonly kept = new FindingTable();

  override take(place: Place, bytes: Buffer): void {
    const text = bytes.toString('utf8');
    const lines = text.split('\n');
    const isPerson = ({ finding }: LocatedFinding) =>
      finding.category === 'pii' && person.test(lines[finding.line - 1] ?? '');
    for (const one of this.scan(place, text)) if (!isPerson(one)) this.kept.add(one);
  }

  /** What is found in one text. Never binary: a NUL in a message must not hide it. */
  scan(place: Place, text: string): LocatedFinding[] {
    const before = this.findings.length;
    super.take(place, Buffer.from(text.replaceAll('\0', ' ')));
    return Array.from({ length: this.findings.length - before }, (_, i) => this.findings.get(before + i));
  }
}

const person = /^(?:author|committer|tagger) |^[A-Za-z][A-Za-z-]*-by: /;
