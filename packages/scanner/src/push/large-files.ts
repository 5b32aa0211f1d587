import { join } from 'node:path';
import { Intake, type IntakeOptions } from '../files/intake.ts';
import type { Place } from '../files/place.ts';
import { readRegularFile } from '../files/read-file.ts';

const longestPointer = 1024;
const pointer = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:[^\n]*\n)*oid sha256:([0-9a-f]{64})\n/;

/**
 * Takes in what is pushed, and of a pointer of Git LFS the large file that it stands for: it leaves with the same push,
 * by another way. One that is not in this clone cannot leave from here.
 * (github.com/git-lfs/git-lfs/blob/main/docs/spec.md)
 */
export class PushIntake extends Intake {
  readonly #store: string;

  /** @param gitFolder the common git folder of the clone, absolute */
  constructor(options: IntakeOptions, gitFolder: string) {
    super(options);
    this.#store = join(gitFolder, 'lfs', 'objects');
  }

  override take(place: Place, bytes: Buffer): void {
    super.take(place, bytes);
    const id = bytes.length <= longestPointer ? pointer.exec(bytes.toString('latin1'))?.[1] : undefined;
    if (id === undefined) return;
    const file = join(this.#store, id.slice(0, 2), id.slice(2, 4), id);
    const result = readRegularFile(file, this.sizeLimit);
    if ('bytes' in result) super.take(place, result.bytes);
    else this.note(place, result.skip === 'missing' ? 'large-file-elsewhere' : result.skip);
  }
}
