import type { ProviderRow } from './row.ts';

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Connected devices, home servers and the platforms that they report to. */
export const rows: readonly ProviderRow[] = [
  {
    id: 'adafruit-key',
    title: 'Adafruit IO key',
    severity: 'medium',
    source: 'https://learn.adafruit.com/adafruit-io/rest-api',
    revoke: 'Adafruit IO (My Key, Regenerate)',
    formats: [{ kind: 'prefix', prefixes: ['aio_'], alphabet: 'alphanumeric', length: 28 }],
  },
  {
    id: 'thingsboard-device-token',
    title: 'ThingsBoard device access token',
    severity: 'medium',
    source: 'https://thingsboard.io/docs/reference/http-api/',
    revoke: 'ThingsBoard (Devices, Manage credentials)',
    formats: [
      {
        kind: 'shape',
        keyword: '/api/v1/',
        pattern: /\/api\/v1\/(?<secret>[A-Za-z0-9]{20})\/(?:telemetry|attributes|rpc|claim)/dy,
        maximumLength: 50,
        example: (random) => `/api/v1/${random.body(20)}/telemetry`,
      },
      { kind: 'named', nouns: ['thingsboard'], alphabet: 'alphanumeric', length: 20 },
    ],
  },
  {
    id: 'blynk-token',
    title: 'Blynk device or organisation token',
    severity: 'medium',
    source: 'https://docs.blynk.io/en/blynk.cloud/authentication',
    revoke: 'Blynk (Device info, Regenerate)',
    formats: [
      {
        kind: 'shape',
        keyword: 'oa2-client-id_',
        pattern: /oa2-client-id_[A-Za-z0-9_-]{32}:(?<secret>[A-Za-z0-9_-]{40})(?![A-Za-z0-9_-])/dy,
        maximumLength: 90,
        example: (random) => `oa2-client-id_${random.body(32)}:${random.body(40)}`,
      },
      { kind: 'named', nouns: ['blynk'], alphabet: 'base64url', length: 32 },
    ],
  },
  {
    id: 'things-network-key',
    title: 'The Things Stack API key',
    severity: 'high',
    source: 'https://www.thethingsindustries.com/docs/api/concepts/auth/',
    revoke: 'The Things Stack (API keys, Delete)',
    formats: [
      {
        kind: 'shape',
        keyword: 'NNSXS.',
        pattern: /NNSXS\.[A-Z0-9]{39}\.[A-Z0-9]{52}(?![A-Za-z0-9])/y,
        maximumLength: 99,
        example: (random) => `NNSXS.${random.body(39, base32)}.${random.body(52, base32)}`,
      },
    ],
  },
  {
    id: 'truenas-key',
    title: 'TrueNAS API key',
    severity: 'critical',
    source: 'https://www.truenas.com/docs/scale/scaletutorials/toptoolbar/managingapikeys/',
    revoke: 'TrueNAS (API Keys, Delete)',
    formats: [
      {
        kind: 'shape',
        keyword: 'login_with_api_key',
        pattern: /login_with_api_key["'][^\][]{0,60}\[\s{0,20}["'](?<secret>\d{1,4}-[A-Za-z0-9]{64})["']/dy,
        maximumLength: 190,
        example: (random) => `login_with_api_key", "params": ["12-${random.body(64)}"`,
      },
    ],
  },
  {
    id: 'particle-token',
    title: 'Particle access token',
    severity: 'high',
    source: 'https://docs.particle.io/reference/cloud-apis/access-tokens/',
    revoke: 'Particle (`particle token revoke`)',
    formats: [
      {
        kind: 'named',
        nouns: ['particle_access', 'particle_token', 'particle_io'],
        alphabet: 'hex',
        length: 40,
      },
    ],
  },
  {
    id: 'balena-key',
    title: 'balenaCloud API key',
    severity: 'high',
    source: 'https://docs.balena.io/learn/manage/account/',
    revoke: 'balenaCloud (Preferences, Access tokens)',
    formats: [{ kind: 'named', nouns: ['balena', 'resin_api'], alphabet: 'alphanumeric', length: 32 }],
  },
  {
    id: 'kolide-key',
    title: 'Kolide API key',
    severity: 'high',
    source: 'https://www.kolide.com/docs/developers/api',
    revoke: 'Kolide (Settings, Developers, API keys)',
    formats: [{ kind: 'prefix', prefixes: ['k2sk_v1_'], alphabet: 'alphanumeric', length: 24 }],
  },
];
