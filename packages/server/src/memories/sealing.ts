import { parse as uuidBytes } from 'uuid';
import type { Step } from '../database/unit.ts';
import { bodyAddress, originalAddress, recordAddress } from '../encryption/addresses.ts';
import { seal } from '../encryption/seal.ts';
import type { Subject } from '../encryption/subject-keys.ts';
import { buildRecord, encodeRecord } from '../recall/record.ts';
import type { MemoryBody, MemoryContent } from './memory.ts';
import { type Screened, screen } from './screening.ts';
import { keepOriginal, type SealedMemory } from './store.ts';

/** How long the text before a redaction stays revealable. */
export const ORIGINAL_KEPT_MS = 30 * 86_400_000;

/** A memory as it is stored, with what the screen made of it. */
export interface Sealed {
  memory: SealedMemory;
  screened: Screened;
  body: MemoryBody;
  original?: Step;
}

interface Sealing {
  id: string;
  content: MemoryContent;
  entities: MemoryBody['entities'];
  version: number;
  createdAt: number;
  at: number;
}

/** Screens, analyses and seals one memory. @throws MemoryError when the screen rejects. */
export function sealMemory(
  subject: Subject,
  { id: name, content, entities, version, createdAt, at }: Sealing,
): Sealed {
  const id = uuidBytes(name);
  const screened = screen(content);
  const { text } = screened.content;
  const body: MemoryBody = { ...screened.content, entities, labels: screened.screening.labels };
  const record = recordOf(body, createdAt, at);
  const sealedBody = seal(subject.key, bodyAddress(subject, id, version), Buffer.from(JSON.stringify(body)));
  const sealedRecord = seal(subject.key, recordAddress(subject, id, version), record);
  const memory: SealedMemory = { id, subjectId: subject.id, text, body: sealedBody, record: sealedRecord };
  if (!screened.redacted) return { memory, screened, body };
  const original = Buffer.from(JSON.stringify({ text: content.text, metadata: content.metadata }));
  const kept = seal(subject.key, originalAddress(subject, id, version), original);
  const step = keepOriginal({ id, version, subjectId: subject.id, body: kept }, at + ORIGINAL_KEPT_MS);
  return { memory, screened, body, original: step };
}

function recordOf(body: MemoryBody, createdAt: number, at: number): Uint8Array {
  const { text, metadata, role, speaker, thread, timestamp, expiresOn, categories, labels, entities } = body;
  const { user_id: userId, agent_id: agentId, app_id: appId, run_id: runId } = entities;
  return encodeRecord(
    buildRecord({
      text,
      metadata,
      labels,
      time: timestamp ?? createdAt,
      createdAt,
      updatedAt: at,
      ...(role !== undefined && { role }),
      ...(speaker !== undefined && { speaker }),
      ...(thread !== undefined && { thread }),
      ...(expiresOn !== undefined && { expiresOn }),
      ...(categories !== undefined && { categories }),
      ...(userId !== undefined && { userId }),
      ...(agentId !== undefined && { agentId }),
      ...(appId !== undefined && { appId }),
      ...(runId !== undefined && { runId }),
    }),
  );
}
