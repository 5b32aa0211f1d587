import type { Generated } from 'kysely';

/**
 * The tables. What an owner wrote or is called is sealed (`*_sealed`, `body`, `record`) or a keyed digest
 * (`*_digest`), on both dialects; SQLite's page encryption comes on top.
 * Times are epoch milliseconds; booleans are 0 or 1.
 */
export interface Schema {
  namespaces: {
    id: Generated<number>;
    public_id: string;
    name_sealed: Uint8Array;
    settings: string;
    created_at: number;
  };
  accounts: {
    id: Generated<number>;
    public_id: string;
    namespace_id: number;
    username_digest: Uint8Array;
    email_digest: Uint8Array;
    profile_sealed: Uint8Array;
    password_hash: string;
    role: string;
    is_active: number;
    is_verified: number;
    must_change_password: number;
    /** Advanced to end every session at once. */
    epoch: number;
    created_at: number;
    last_login_at: number | null;
  };
  sessions: {
    id: string;
    account_id: number;
    created_at: number;
    expires_at: number;
    revoked_at: number | null;
  };
  api_keys: {
    id: Generated<number>;
    public_id: string;
    namespace_id: number;
    account_id: number;
    name_sealed: Uint8Array;
    secret_digest: Uint8Array;
    permissions: string;
    entities: string | null;
    max_trust: string | null;
    created_at: number;
    expires_at: number | null;
    revoked_at: number | null;
  };
  /** A data subject: its key, and the sequence that every change of its memories advances. */
  subjects: {
    id: Generated<number>;
    namespace_id: number;
    digest: Uint8Array;
    entity_sealed: Uint8Array;
    key_id: Uint8Array;
    wrapped_key: Uint8Array;
    generation: number;
    state: string;
    head_seq: number;
    created_at: number;
  };
  memories: {
    row: Generated<number>;
    id: Uint8Array;
    subject_id: number;
    change_seq: number;
    version: number;
    /** 1 live, 0 deleted: a deleted row keeps no text, so that shards learn of it. */
    state: number;
    created_at: number;
    updated_at: number;
    body: Uint8Array | null;
    record: Uint8Array | null;
  };
  /** Earlier texts of a memory, and its end. The current one is in `memories`. */
  memory_versions: {
    row: Generated<number>;
    memory_id: Uint8Array;
    version: number;
    event: string;
    at: number;
    body: Uint8Array | null;
  };
  /** Texts as they were before a secret was redacted, kept sealed until `expires_at`. */
  memory_originals: {
    memory_id: Uint8Array;
    version: number;
    subject_id: number;
    expires_at: number;
    body: Uint8Array;
  };
  audit_events: {
    seq: number;
    leaf: Uint8Array;
    skeleton: Uint8Array;
    private_sealed: Uint8Array | null;
  };
  audit_tree: { id: number; frontier: Uint8Array };
  audit_checkpoints: { size: number; note: string; created_at: number };
  /** Server secrets under the key-encryption key: token secret, digest key, signing key. */
  secrets: { name: string; sealed: Uint8Array; created_at: number };
}
