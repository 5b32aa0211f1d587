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
  /** A login and everything that was refreshed from it. Times of proof are for step-up. */
  sessions: {
    id: string;
    account_id: number;
    /** Where this session acts: the account's own namespace, or one that it is a member of. */
    namespace_id: number;
    /** The session of the login that this one came from; its own id, if it is that. What ends a root ends all of it. */
    root: string;
    client_sealed: Uint8Array;
    created_at: number;
    refreshed_at: number;
    /** When the password (and the second factor) was last shown. */
    proved_at: number;
    with_mfa: number;
    expires_at: number;
    revoked_at: number | null;
  };
  /** Each is good once; a used one that comes again ends its session. */
  refresh_tokens: { digest: Uint8Array; session_id: string; created_at: number; used_at: number | null };
  /** Ed25519 keys of access tokens. `public_key` is the JWK that others verify with. */
  token_keys: {
    id: string;
    sealed: Uint8Array;
    public_key: string;
    created_at: number;
    retired_at: number | null;
  };
  /** Roles in namespaces that are not the account's own. */
  memberships: { account_id: number; namespace_id: number; role: string; created_at: number };
  /** Without a namespace: to this server, with a namespace of one's own. */
  invitations: {
    id: string;
    namespace_id: number | null;
    invited_by: number;
    email_sealed: Uint8Array | null;
    email_digest: Uint8Array | null;
    role: string;
    digest: Uint8Array;
    created_at: number;
    expires_at: number;
    accepted_at: number | null;
  };
  /** What a mailed link or a half-done login carries; gone once it is used. */
  one_time_tokens: {
    digest: Uint8Array;
    purpose: string;
    account_id: number;
    payload_sealed: Uint8Array | null;
    created_at: number;
    expires_at: number;
  };
  account_mfa: {
    account_id: number;
    secret_sealed: Uint8Array;
    created_at: number;
    confirmed_at: number | null;
    /** The newest time step whose code was taken: no code is good twice. */
    last_step: number;
  };
  recovery_codes: { digest: Uint8Array; account_id: number };
  /** Subject alternative names of client certificates, and whose they are. */
  certificate_names: {
    digest: Uint8Array;
    public_id: string;
    account_id: number;
    name_sealed: Uint8Array;
    created_at: number;
  };
  mail_queue: {
    id: Generated<number>;
    public_id: string;
    sealed: Uint8Array;
    attempts: number;
    next_at: number;
    created_at: number;
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
    /** The secret before the last rotation, good until `previous_until`. */
    previous_digest: Uint8Array | null;
    previous_until: number | null;
    rotated_at: number | null;
    rotate_after_days: number | null;
    reminded_at: number | null;
    last_used_at: number | null;
    /** `hmac-sha256` with a sealed secret, or `ed25519` with the public key alone. */
    signing_algorithm: string | null;
    signing_key_sealed: Uint8Array | null;
    signature_required: Generated<number>;
  };
  signature_nonces: { digest: Uint8Array; expires_at: number };
  /** Attempts to prove a password or code, by the keyed digest of whom and from where. */
  auth_attempts: {
    key: Uint8Array;
    failures: number;
    locks: number;
    locked_until: number;
    updated_at: number;
  };
  /** Networks that an account (by its public id) has logged in from. */
  known_networks: { account: string; network: Uint8Array; last_at: number };
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
    /** Empty once its retention was over: the leaf stays, for every proof. */
    skeleton: Uint8Array;
    private_sealed: Uint8Array | null;
  };
  audit_tree: { id: number; frontier: Uint8Array };
  audit_checkpoints: { size: number; note: string; created_at: number };
  /** Roots of the perfect subtrees of 256 leaves: proofs need not read every leaf. */
  audit_tiles: { tile: number; root: Uint8Array };
  /** Rotations of the key that signs checkpoints, from generation 1; `sealed` is gone once the next one came. */
  audit_keys: { generation: number; sealed: Uint8Array | null; note: string; created_at: number };
  /** How far each stream of events has been delivered. */
  audit_streams: { name: string; next_seq: number };
  /** Legal holds: what they cover keeps its events. */
  audit_holds: { id: string; sealed: Uint8Array; created_at: number; lifted_at: number | null };
  /** Memories that nobody has a reason to read: reading one raises an alarm. */
  canaries: { memory_id: Uint8Array; namespace_id: number; created_at: number };
  /** Memories of one topic; `body` is sealed with the subject's key. */
  clusters: {
    row: Generated<number>;
    id: string;
    subject_id: number;
    /** Digest of topic and category, keyed with the subject's key: one cluster of a name for each subject. */
    name_digest: Uint8Array;
    topic_digest: Uint8Array;
    category_digest: Uint8Array | null;
    version: number;
    created_at: number;
    last_built_at: number;
    body: Uint8Array;
  };
  /** What came of adds and deletions that were asked for with an event; `body` is sealed with the subject's key. */
  memory_events: {
    row: Generated<number>;
    id: Uint8Array;
    subject_id: number;
    created_at: number;
    body: Uint8Array;
  };
  /** The newest feedback on each memory; `body` is sealed with the subject's key. */
  memory_feedback: {
    memory_id: Uint8Array;
    id: string;
    subject_id: number;
    updated_at: number;
    body: Uint8Array;
  };
  /** What an export was asked for: it is made when it is fetched. `maker` is the public id of the key or account. */
  memory_exports: { id: string; namespace_id: number; maker: string; created_at: number; body: Uint8Array };
  /** What a namespace tells a model about its memories. */
  projects: { namespace_id: number; version: number; updated_at: number; body: Uint8Array };
  webhooks: {
    id: string;
    namespace_id: number;
    version: number;
    /** The next event of the audit log that it has not been told of. */
    next_seq: number;
    created_at: number;
    updated_at: number;
    body: Uint8Array;
  };
  /** Reports of scans, and what a second person decided about each; `body` and `verdict_body` are sealed. */
  scans: {
    id: string;
    namespace_id: number;
    /** Of the report's own id and the environment: sent twice, it is one report. */
    scan_digest: Uint8Array;
    content_digest: Uint8Array;
    /** Of project, commit and environment: the newest report there is the one that counts. */
    place_digest: Uint8Array | null;
    project_digest: Uint8Array;
    ref_digest: Uint8Array | null;
    commit_digest: Uint8Array | null;
    decision: string;
    /** Public id of the account that sent it, or that made the key which did. */
    submitted_by: string;
    created_at: number;
    body: Uint8Array;
    verdict: string | null;
    decided_by: string | null;
    decided_at: number | null;
    expires_at: number | null;
    revoked_at: number | null;
    verdict_body: Uint8Array | null;
  };
  /** Vetoes of pushes that somebody overrode, as their clones recorded it; `body` is sealed. */
  scan_overrides: {
    id: string;
    namespace_id: number;
    digest: Uint8Array;
    submitted_by: string;
    created_at: number;
    body: Uint8Array;
  };
  /** Server secrets under the key-encryption key: token secret, digest key, signing key. */
  secrets: { name: string; sealed: Uint8Array; created_at: number };
}
