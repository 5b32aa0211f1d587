import type { ProviderRow } from './row.ts';

const capitals = '23456789ABCDEFGHJKLMNPQRSTVWXYZ';

/** Secret stores, infrastructure as code, and the master keys of frameworks. */
export const rows: readonly ProviderRow[] = [
  {
    id: 'vault-token',
    title: 'HashiCorp Vault token',
    severity: 'critical',
    source: 'https://developer.hashicorp.com/vault/docs/concepts/tokens',
    revoke: 'Vault (`vault token revoke`)',
    formats: [
      { kind: 'prefix', prefixes: ['hvs.', 'hvb.', 'hvr.'], alphabet: 'base64url', length: [24, 400] },
      {
        kind: 'shape',
        keyword: 'vault',
        pattern:
          /vault[_-]?(?:client|root|dev_root)?[_-]?token(?:_id)?["'\\]{0,2} {0,3}[:= ] {0,3}["'\\]{0,2}(?<secret>[sbr]\.[A-Za-z0-9_-]{24,200})(?![A-Za-z0-9])/diy,
        maximumLength: 260,
        example: (random) => `VAULT_TOKEN=s.${random.body(24)}`,
      },
    ],
  },
  {
    id: 'vault-unseal-key',
    title: 'HashiCorp Vault unseal key',
    severity: 'critical',
    source: 'https://developer.hashicorp.com/vault/docs/concepts/seal',
    revoke: 'Vault (`vault operator rekey`)',
    formats: [
      {
        kind: 'shape',
        keyword: 'unseal key',
        pattern:
          /unseal key(?: \d{1,2})?: {1,4}(?<secret>[A-Za-z0-9+/]{43}[A-Za-z0-9+/=])(?![A-Za-z0-9+/=])/diy,
        maximumLength: 64,
        example: (random) => `Unseal Key 1: ${random.body(44)}`,
      },
      {
        kind: 'shape',
        keyword: 'operator unseal',
        pattern: /operator unseal (?<secret>[A-Za-z0-9+/]{43}[A-Za-z0-9+/=])(?![A-Za-z0-9+/=])/diy,
        maximumLength: 64,
        example: (random) => `operator unseal ${random.body(44)}`,
      },
    ],
  },
  {
    id: 'consul-token',
    title: 'HashiCorp Consul ACL token',
    severity: 'high',
    source: 'https://developer.hashicorp.com/consul/docs/security/acl/tokens',
    revoke: 'Consul (`consul acl token delete`)',
    formats: [
      {
        kind: 'named',
        nouns: ['consul_http', 'consul_token', 'consul_acl', 'consul_management'],
        alphabet: 'uuid',
        length: 36,
      },
    ],
  },
  {
    id: 'nomad-token',
    title: 'HashiCorp Nomad ACL token',
    severity: 'high',
    source: 'https://developer.hashicorp.com/nomad/docs/secure/acl/tokens',
    revoke: 'Nomad (`nomad acl token delete`)',
    formats: [
      { kind: 'named', nouns: ['nomad_token', 'nomad_acl', 'nomad_secret'], alphabet: 'uuid', length: 36 },
    ],
  },
  {
    id: 'hcp-client-secret',
    title: 'HashiCorp Cloud Platform client secret',
    severity: 'critical',
    source: 'https://developer.hashicorp.com/hcp/docs/hcp/iam/service-principal',
    revoke: 'HCP (Service principals, Keys)',
    formats: [{ kind: 'named', nouns: ['hcp_client'], alphabet: 'base64url', length: 64 }],
  },
  {
    id: 'pulumi-token',
    title: 'Pulumi access token',
    severity: 'critical',
    source: 'https://www.pulumi.com/docs/administration/access-identity/access-tokens/',
    revoke: 'Pulumi Cloud (Access tokens)',
    formats: [{ kind: 'prefix', prefixes: ['pul-'], alphabet: 'hex', length: 40 }],
  },
  {
    id: 'doppler-token',
    title: 'Doppler token',
    severity: 'critical',
    source: 'https://docs.doppler.com/docs/service-tokens',
    revoke: 'Doppler (Tokens, Revoke)',
    formats: [
      {
        kind: 'prefix',
        prefixes: ['dp.pt.', 'dp.ct.', 'dp.sa.', 'dp.scim.', 'dp.audit.'],
        alphabet: 'alphanumeric',
        length: [40, 44],
      },
      {
        kind: 'shape',
        keyword: 'dp.st.',
        pattern: /dp\.st\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}(?![A-Za-z0-9])/y,
        maximumLength: 90,
        example: (random) => `dp.st.dev.${random.body(43)}`,
      },
    ],
  },
  {
    id: 'infisical-token',
    title: 'Infisical service token',
    severity: 'critical',
    source: 'https://infisical.com/docs/documentation/platform/token',
    revoke: 'Infisical (Project, Access control, Service tokens)',
    formats: [
      {
        kind: 'shape',
        keyword: 'infisical_token',
        pattern:
          /infisical_token["'\\]{0,2} {0,3}[:=] {0,3}["']?(?<secret>st\.[a-f0-9]{24}\.[a-f0-9]{32}\.[a-f0-9]{32})(?![A-Za-z0-9])/diy,
        maximumLength: 124,
        example: (random) => `INFISICAL_TOKEN=st.${random.hex(24)}.${random.hex(32)}.${random.hex(32)}`,
      },
    ],
  },
  {
    id: 'onepassword-service-token',
    title: '1Password service account token',
    severity: 'critical',
    source: 'https://developer.1password.com/docs/service-accounts/',
    revoke: '1Password (Developer, Service accounts, Revoke)',
    formats: [{ kind: 'prefix', prefixes: ['ops_eyJ'], alphabet: 'base64', length: [240, 2000] }],
  },
  {
    id: 'onepassword-secret-key',
    title: '1Password secret key',
    severity: 'critical',
    source: 'https://support.1password.com/secret-key/',
    revoke: '1Password (Manage account, Regenerate Secret Key)',
    formats: [
      {
        kind: 'shape',
        keyword: 'A3-',
        pattern:
          /A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}(?![A-Za-z0-9-])/y,
        maximumLength: 46,
        example: (random) =>
          `A3-${[6, 6, 5, 5, 5, 5].map((length) => random.body(length, capitals)).join('-')}`,
      },
    ],
  },
  {
    id: 'bitwarden-access-token',
    title: 'Bitwarden Secrets Manager access token',
    severity: 'critical',
    source: 'https://bitwarden.com/help/access-tokens/',
    revoke: 'Bitwarden (Secrets Manager, Machine accounts, Access tokens)',
    formats: [
      {
        kind: 'shape',
        keyword: 'bws_access_token',
        pattern:
          /bws_access_token["'\\]{0,2} {0,3}[:=] {0,3}["']?(?<secret>0\.[a-f0-9-]{36}\.[A-Za-z0-9]{30}:[A-Za-z0-9+/]{22}==)/diy,
        maximumLength: 130,
        example: (random) =>
          `BWS_ACCESS_TOKEN=0.${[8, 4, 4, 4, 12].map((length) => random.hex(length)).join('-')}.${random.body(30)}:${random.body(22)}==`,
      },
    ],
  },
  {
    id: 'bitwarden-client-secret',
    title: 'Bitwarden API client secret',
    severity: 'critical',
    source: 'https://bitwarden.com/help/personal-api-key/',
    revoke: 'Bitwarden (Settings, Security, Rotate API Key)',
    formats: [
      { kind: 'named', nouns: ['bw_clientsecret', 'bitwarden'], alphabet: 'alphanumeric', length: 30 },
    ],
  },
  {
    id: 'age-secret-key',
    title: 'age secret key',
    severity: 'critical',
    source: 'https://github.com/C2SP/C2SP/blob/main/age.md',
    revoke: 'age (re-encrypt to a new recipient)',
    formats: [{ kind: 'prefix', prefixes: ['AGE-SECRET-KEY-1'], alphabet: 'upper-alphanumeric', length: 58 }],
  },
  {
    id: 'dotenvx-private-key',
    title: 'dotenvx private key',
    severity: 'critical',
    source: 'https://dotenvx.com/docs',
    revoke: 'dotenvx (`dotenvx rotate`)',
    formats: [{ kind: 'named', nouns: ['dotenv_private_key'], alphabet: 'hex', length: 64 }],
  },
  {
    id: 'rails-secret',
    title: 'Ruby on Rails master key or secret key base',
    severity: 'critical',
    source: 'https://guides.rubyonrails.org/security.html#custom-credentials',
    revoke: 'Rails (`bin/rails secret`, `bin/rails credentials:edit`)',
    formats: [
      { kind: 'named', nouns: ['rails_master'], alphabet: 'hex', length: 32 },
      { kind: 'named', nouns: ['secret_key_base'], alphabet: 'hex', length: 128 },
    ],
  },
  {
    id: 'laravel-app-key',
    title: 'Laravel application key',
    severity: 'critical',
    source: 'https://laravel.com/docs/encryption',
    revoke: 'Laravel (`php artisan key:generate`)',
    formats: [
      {
        kind: 'shape',
        keyword: 'app_key',
        pattern:
          /app_key["']{0,1} {0,3}(?:=>|[:=]) {0,3}["']?(?<secret>base64:[A-Za-z0-9+/]{43}=)(?![=A-Za-z0-9])/diy,
        maximumLength: 76,
        example: (random) => `APP_KEY=base64:${random.body(43)}=`,
      },
    ],
  },
  {
    id: 'django-secret-key',
    title: 'Django development secret key',
    severity: 'medium',
    source: 'https://docs.djangoproject.com/en/stable/ref/settings/#secret-key',
    revoke: 'Django (`get_random_secret_key()`)',
    formats: [
      {
        kind: 'shape',
        keyword: 'django-insecure-',
        pattern: /django-insecure-[a-z0-9!@#$%^&*(\-_=+)]{50}(?![a-z0-9])/y,
        maximumLength: 66,
        example: (random) => `django-insecure-${random.body(50, 'abcdefghijklmnopqrstuvwxyz0123456789')}`,
      },
    ],
  },
];
