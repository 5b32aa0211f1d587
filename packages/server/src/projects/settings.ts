import { type Address, type DataKey, open, seal } from '../encryption/seal.ts';
import type { Json } from '../json.ts';

/**
 * What a namespace tells a model about its memories, by the names of the mem0 API; sealed in `projects.body`. They
 * steer nothing while no model is configured.
 */
export const PROJECT_SETTINGS = [
  'custom_instructions',
  'agent_custom_instructions',
  'custom_categories',
  'multilingual',
  'decay',
  'memory_depth',
  'usecase_setting',
  'retrieval_criteria',
  'enable_graph',
  'version',
] as const;

export type ProjectSettings = Partial<Record<(typeof PROJECT_SETTINGS)[number], Json>>;

/** The version is part of the address: what is sealed shows at its own version only. */
const addressOf = (namespace: number, version: number): Address => ({
  namespace,
  table: 'projects',
  row: String(namespace),
  field: `body.${version}`,
});

export function sealSettings(
  key: DataKey,
  namespace: number,
  version: number,
  settings: ProjectSettings,
): Buffer {
  return seal(key, addressOf(namespace, version), Buffer.from(JSON.stringify(settings)));
}

/** @throws EncryptionError `decryption_failed` when the row was changed or moved. */
export function openSettings(
  key: DataKey,
  namespace: number,
  version: number,
  sealed: Uint8Array,
): ProjectSettings {
  return JSON.parse(open(key, addressOf(namespace, version), sealed).toString()) as ProjectSettings;
}
