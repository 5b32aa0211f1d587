import type { ProviderRow } from './row.ts';

/** Feature flags and remote configuration. */
export const rows: readonly ProviderRow[] = [
  {
    id: 'launchdarkly-key',
    title: 'LaunchDarkly SDK key or access token',
    severity: 'high',
    source: 'https://launchdarkly.com/docs/sdk/concepts/client-side-server-side#keys',
    revoke: 'LaunchDarkly (Environments, Reset SDK key)',
    formats: [{ kind: 'prefix', prefixes: ['sdk-', 'api-'], alphabet: 'uuid', length: 36 }],
  },
  {
    id: 'launchdarkly-mobile-key',
    title: 'LaunchDarkly mobile key',
    severity: 'low',
    source: 'https://launchdarkly.com/docs/sdk/concepts/client-side-server-side#keys',
    revoke: 'LaunchDarkly (Environments, Reset mobile key)',
    formats: [{ kind: 'prefix', prefixes: ['mob-'], alphabet: 'uuid', length: 36 }],
  },
  {
    id: 'split-key',
    title: 'Split SDK or admin key',
    severity: 'high',
    source: 'https://help.split.io/hc/en-us/articles/360019916211-API-keys',
    revoke: 'Split (Admin settings, API keys)',
    formats: [
      {
        kind: 'named',
        nouns: ['splitio', 'split_io', 'split_api', 'split_sdk'],
        alphabet: 'lower-alphanumeric',
        length: [36, 52],
      },
    ],
  },
  {
    id: 'configcat-sdk-key',
    title: 'ConfigCat SDK key',
    severity: 'medium',
    source: 'https://configcat.com/docs/advanced/sdk-key/',
    revoke: 'ConfigCat (SDK keys, Revoke)',
    formats: [
      {
        kind: 'shape',
        keyword: 'configcat-sdk-1/',
        pattern: /configcat-sdk-1\/[A-Za-z0-9_-]{22}\/[A-Za-z0-9_-]{22}(?![A-Za-z0-9_-])/y,
        maximumLength: 62,
        example: (random) => `configcat-sdk-1/${random.body(22)}/${random.body(22)}`,
      },
    ],
  },
  {
    id: 'flagsmith-server-key',
    title: 'Flagsmith server-side environment key',
    severity: 'high',
    source: 'https://docs.flagsmith.com/clients/server-side',
    revoke: 'Flagsmith (Environment, SDK Keys)',
    formats: [{ kind: 'prefix', prefixes: ['ser.'], alphabet: 'alphanumeric', length: 22 }],
  },
  {
    id: 'statsig-secret',
    title: 'Statsig server secret key',
    severity: 'high',
    source: 'https://docs.statsig.com/sdk-keys/api-keys',
    revoke: 'Statsig (Settings, Keys & Environments)',
    formats: [{ kind: 'prefix', prefixes: ['secret-'], alphabet: 'alphanumeric', length: [40, 50] }],
  },
  {
    id: 'devcycle-server-key',
    title: 'DevCycle server SDK key',
    severity: 'high',
    source: 'https://docs.devcycle.com/essentials/keys',
    revoke: 'DevCycle (Environments & Keys)',
    formats: [{ kind: 'prefix', prefixes: ['dvc_server_'], alphabet: 'base64url', length: [20, 90] }],
  },
  {
    id: 'unleash-token',
    title: 'Unleash API token',
    severity: 'high',
    source: 'https://docs.getunleash.io/concepts/api-tokens-and-client-keys',
    revoke: 'Unleash (Admin settings, API access, Delete)',
    formats: [
      {
        kind: 'shape',
        keyword: ':production.',
        pattern: /:production\.(?<secret>[0-9a-f]{56,64})(?![0-9a-zA-Z])/dy,
        maximumLength: 80,
        example: (random) => `:production.${random.hex(56)}`,
      },
      {
        kind: 'shape',
        keyword: ':development.',
        pattern: /:development\.(?<secret>[0-9a-f]{56,64})(?![0-9a-zA-Z])/dy,
        maximumLength: 80,
        example: (random) => `:development.${random.hex(56)}`,
      },
      {
        kind: 'shape',
        keyword: ':default.',
        pattern: /:default\.(?<secret>[0-9a-f]{56,64})(?![0-9a-zA-Z])/dy,
        maximumLength: 80,
        example: (random) => `:default.${random.hex(56)}`,
      },
    ],
  },
  {
    id: 'growthbook-key',
    title: 'GrowthBook secret key',
    severity: 'high',
    source: 'https://docs.growthbook.io/api/',
    revoke: 'GrowthBook (Settings, API keys, Delete)',
    formats: [
      {
        kind: 'prefix',
        prefixes: ['secret_admin_', 'secret_user_', 'secret_readonly_'],
        alphabet: 'base64',
        length: [32, 64],
      },
    ],
  },
];
