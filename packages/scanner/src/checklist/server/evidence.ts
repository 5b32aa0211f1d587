/** What a Memhold server says of itself at `GET /security/evidence`, as far as it is judged here. Times are ISO 8601. */
export interface ServerEvidence {
  readonly time: string;
  readonly version: string;
  readonly status: 'healthy' | 'unhealthy';
  readonly accounts: {
    readonly active: number;
    readonly admins: number;
    readonly admins_with_mfa: number;
    readonly with_mfa: number;
    readonly first_passwords: number;
    readonly older_hashes: number;
    readonly idle: number;
  };
  readonly passwords: {
    readonly min_length: number;
    readonly common_refused: boolean;
    readonly algorithm: string;
    readonly memory_kib: number;
    readonly passes: number;
    readonly lanes: number;
    readonly max_failures: number;
    readonly lockout_minutes: number;
  };
  readonly sessions: {
    readonly access_token_minutes: number;
    readonly session_days: number;
    readonly algorithm: string;
    readonly key_since: string | null;
  };
  readonly api_keys: { readonly total: number; readonly listed: readonly KeyEvidence[] };
  readonly audit: {
    readonly log_size: number;
    readonly key_since: string | null;
    readonly checkpoint: { readonly size: number; readonly time: string } | null;
    readonly outside_witness: boolean;
    readonly sinks: readonly { readonly name: string; readonly healthy: boolean; readonly behind: number }[];
    readonly alerts: boolean;
  };
  readonly encryption: {
    readonly pages: boolean;
    readonly fields: boolean;
    readonly key_source: 'file' | 'passphrase';
    readonly key_file_mode: string | null;
    readonly key_file_inside_data_folder: boolean;
  };
  readonly transport: {
    readonly loopback: boolean;
    readonly tls: boolean;
    readonly trusted_proxies: readonly string[];
  };
  readonly defaults: {
    readonly registration: 'open' | 'invite' | 'closed';
    readonly cors_origins: readonly string[];
    readonly rate_limits: boolean;
    readonly log_level: string;
    readonly webhook_addresses: 'public' | 'private';
    readonly first_password_file: boolean;
  };
}

export interface KeyEvidence {
  readonly id: string;
  readonly permissions: readonly string[];
  readonly bound: boolean;
  readonly secret_since: string;
  readonly expires_at: string | null;
  readonly last_used_at: string | null;
  readonly rotate_after_days: number | null;
}

/** Why there is no evidence: none was asked for, or the server did not answer. */
export interface NoServer {
  readonly why: 'left-out' | 'not-reached';
  /** What a person can do. */
  readonly words: string;
}
