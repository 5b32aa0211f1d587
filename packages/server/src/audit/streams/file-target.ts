import type { Notice } from '../notices.ts';
import { RecordFile } from '../record-file.ts';
import { LINES } from '../record-formats.ts';
import { positionIn } from './payload.ts';
import type { StreamTarget } from './target.ts';

/** A file (0600) of JSON lines. May be rotated by renaming it: the next batch begins a new one. */
export function fileTarget(path: string, notify: (notice: Notice) => void): StreamTarget {
  let repaired = false;
  const file = new RecordFile(path, LINES, (removedBytes) => {
    repaired = true;
    notify({ kind: 'repaired', file: path, removedBytes });
  });
  return {
    send: (events) => file.append(events.map(({ payload }) => `${payload}\n`).join('')),
    async lostFrom() {
      const tail = (await file.tail()).toString();
      if (!repaired) return undefined;
      const last = tail.trimEnd().split('\n').at(-1)!;
      const position = positionIn(last);
      return position === undefined ? 'unknown' : position + 1;
    },
    close: () => file.close(),
  };
}
