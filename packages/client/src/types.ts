/** What calls take, in the words of this client; what they answer is generated from the server's own schemas. */
import type { AddedMemory, ChangedMemory, Liveness, Routes } from './api-types.ts';

export type { Memory, Screening, SearchHit } from './api-types.ts';

export type Metadata = Record<string, unknown>;

export interface AddOptions {
  content: string;
  user_id?: string | undefined;
  agent_id?: string | undefined;
  app_id?: string | undefined;
  run_id?: string | undefined;
  thread_id?: string | undefined;
  metadata?: Metadata | undefined;
  /** Last day on which the memory is found, `YYYY-MM-DD` in UTC. */
  expires_on?: string | undefined;
}

export interface ListOptions {
  user_id?: string | undefined;
  thread_id?: string | undefined;
  /** Most memories to return; the server's default is 20. */
  limit?: number | undefined;
  offset?: number | undefined;
}

export interface SearchOptions {
  user_id?: string | undefined;
  filters?: Record<string, unknown> | undefined;
  /** Most results to return (`top_k` on the wire). */
  limit?: number | undefined;
}

export interface UpdateChange {
  content?: string | undefined;
  metadata?: Metadata | undefined;
}

export interface UpdateOptions {
  /** Change the memory only while it has this version; else the call fails with `stale_version`. */
  version?: number | undefined;
}

export type AddResult = AddedMemory;
export type ListResult = Routes['GET /memories']['answer'];
export type SearchResult = Routes['POST /memories/search']['answer'];
export type UpdateResult = ChangedMemory;
export type HistoryResult = Routes['GET /memories/{id}/history']['answer'];
export type HistoryEntry = HistoryResult['history'][number];
export type Health = Liveness;
