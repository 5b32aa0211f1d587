import { defaultArchiveLimits } from '../files/archive-budget.ts';
import { archiveKind } from '../files/archive-kind.ts';
import { Intake } from '../files/intake.ts';
import type { Place } from '../files/place.ts';
import type { ValueSearch } from './value-search.ts';

const largestContent = 100_000_000;

/** Takes in contents, also binary ones and members of archives, and tells which values they hold, on which line. */
export class SearchIntake extends Intake {
  readonly #search: ValueSearch;
  readonly #onHit: (place: Place, value: number, line: number) => void;
  readonly #current: { place: Place | undefined };

  constructor(search: ValueSearch, onHit: (place: Place, value: number, line: number) => void) {
    const current: { place: Place | undefined } = { place: undefined };
    super({
      // Of the texts in an archive the archive is the place: that is what git holds.
      scanner: (text) => {
        for (const { value } of search.find(Buffer.from(text))) onHit(current.place!, value, 1);
        return [];
      },
      largestText: largestContent,
      archiveLimits: { ...defaultArchiveLimits, storedBytes: largestContent },
      suppressionsAsOf: undefined,
    });
    this.#search = search;
    this.#onHit = onHit;
    this.#current = current;
  }

  override take(place: Place, bytes: Buffer): void {
    this.#current.place = place;
    const kind = archiveKind(bytes);
    if (kind !== undefined && kind !== 'unsupported') super.take(place, bytes);
    for (const { value, at } of this.#search.find(bytes)) this.#onHit(place, value, lineAt(bytes, at));
  }
}

function lineAt(bytes: Buffer, at: number): number {
  let line = 1;
  for (let i = bytes.indexOf(10); i !== -1 && i < at; i = bytes.indexOf(10, i + 1)) line++;
  return line;
}
