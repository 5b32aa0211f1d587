/** The JSON shapes of the native REST API; names are the wire's. Times are ISO 8601 in UTC. */

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

export interface AddResult {
  id: string;
  message: string;
  version: number;
  screening: Screening;
}

/** What the server found in the text before it stored it, and did about it. */
export interface Screening {
  action: 'allowed' | 'redacted' | (string & {});
  findings: { rule: string; category: string; severity: string; action: string }[];
  labels: string[];
}

export interface Memory {
  id: string;
  content: string;
  metadata: Metadata;
  user_id: string | null;
  thread_id: string | null;
  created_at: string;
  updated_at: string;
  version: number;
  [field: string]: unknown;
}

export interface ListOptions {
  user_id?: string | undefined;
  thread_id?: string | undefined;
  /** Most memories to return; the server's default is 20. */
  limit?: number | undefined;
  offset?: number | undefined;
}

export interface ListResult {
  memories: Memory[];
  /** How many match in all, not only on this page. */
  total: number;
}

export interface SearchOptions {
  user_id?: string | undefined;
  filters?: Record<string, unknown> | undefined;
  /** Most results to return (`top_k` on the wire). */
  limit?: number | undefined;
}

export interface SearchHit extends Memory {
  score: number;
}

export interface SearchResult {
  results: SearchHit[];
  [field: string]: unknown;
}

export interface UpdateChange {
  content?: string | undefined;
  metadata?: Metadata | undefined;
}

export interface UpdateOptions {
  /** Change the memory only while it has this version; else the call fails with `stale_version`. */
  version?: number | undefined;
}

export interface UpdateResult {
  id: string;
  version: number;
  [field: string]: unknown;
}

export interface HistoryEntry {
  [field: string]: unknown;
}

export interface HistoryResult {
  history: HistoryEntry[];
}

export interface Health {
  status: string;
  [field: string]: unknown;
}
