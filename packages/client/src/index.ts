export type { Routes } from './api-types.ts';
export { MemholdClient, type MemholdClientOptions } from './client.ts';
export { MemholdError } from './errors.ts';
export type {
  AddOptions,
  AddResult,
  Health,
  HistoryEntry,
  HistoryResult,
  ListOptions,
  ListResult,
  Memory,
  Metadata,
  Screening,
  SearchHit,
  SearchOptions,
  SearchResult,
  UpdateChange,
  UpdateOptions,
  UpdateResult,
} from './types.ts';
