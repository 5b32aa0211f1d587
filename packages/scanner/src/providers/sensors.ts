import type { ProviderRow } from './row.ts';

/** Measurements and homes. */
export const rows: readonly ProviderRow[] = [
  {
    id: 'thingspeak-key',
    title: 'ThingSpeak API key',
    severity: 'medium',
    source: 'https://www.mathworks.com/help/thingspeak/channels-and-charts-api.html',
    revoke: 'ThingSpeak (Channel, API Keys)',
    formats: [
      { kind: 'named', nouns: ['thingspeak', 'thing_speak'], alphabet: 'upper-alphanumeric', length: 16 },
    ],
  },
  {
    id: 'ubidots-token',
    title: 'Ubidots token or API key',
    severity: 'medium',
    source: 'https://docs.ubidots.com/reference/authentication',
    revoke: 'Ubidots (API Credentials)',
    formats: [
      { kind: 'prefix', prefixes: ['BBFF-', 'BBUS-'], alphabet: 'alphanumeric', length: [30, 34] },
      { kind: 'named', nouns: ['ubidots'], alphabet: 'hex', length: 40 },
    ],
  },
  {
    id: 'smartthings-token',
    title: 'SmartThings personal access token',
    severity: 'high',
    source: 'https://developer.smartthings.com/docs/getting-started/authorization-and-permissions',
    revoke: 'SmartThings (Personal access tokens)',
    formats: [{ kind: 'named', nouns: ['smartthings', 'smart_things'], alphabet: 'uuid', length: 36 }],
  },
  {
    id: 'tuya-secret',
    title: 'Tuya access secret',
    severity: 'high',
    source: 'https://developer.tuya.com/en/docs/iot/api-request',
    revoke: 'Tuya (IoT Platform, Project, Authorization key)',
    formats: [{ kind: 'named', nouns: ['tuya'], alphabet: 'hex', length: 32 }],
  },
];
