import type { Recorder } from './audit/recorder.ts';
import type { WriterClient } from './database/writer-client.ts';
import type { DataKey } from './encryption/seal.ts';
import type { SubjectKeys } from './encryption/subject-keys.ts';
import { ExportService } from './exports/service.ts';
import { FeedbackService } from './feedback/service.ts';
import type { MemoryService } from './memories/service.ts';
import { ProjectService } from './projects/service.ts';

export interface ProjectSide {
  projects: ProjectService;
  feedback: FeedbackService;
  exports: ExportService;
}

/** Wires what mem0's clients find beside memories: a namespace's settings, feedback on memories, exports of them. */
export function projectSide(parts: {
  writer: Pick<WriterClient, 'commit' | 'read'>;
  recorder: Pick<Recorder, 'leaf'>;
  keys: { records: DataKey };
  subjectKeys: SubjectKeys;
  memories: MemoryService;
  now(): number;
}): ProjectSide {
  const { writer, recorder, subjectKeys, memories, now } = parts;
  const recordsKey = parts.keys.records;
  return {
    projects: new ProjectService({ writer, recorder, recordsKey, now }),
    feedback: new FeedbackService({ writer, keys: subjectKeys, memories, now }),
    exports: new ExportService({ writer, recorder, recordsKey, memories, now }),
  };
}
