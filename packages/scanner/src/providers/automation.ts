import type { ProviderRow } from './row.ts';

/** Automation of services, and tools for their interfaces. */
export const rows: readonly ProviderRow[] = [
  {
    id: 'zapier-webhook',
    title: 'Zapier catch hook URL',
    severity: 'medium',
    source: 'https://help.zapier.com/hc/en-us/articles/8496288690317-Trigger-Zaps-from-webhooks',
    revoke: 'Zapier (Zap, Webhooks, new trigger)',
    formats: [
      {
        kind: 'shape',
        keyword: 'hooks.zapier.com/hooks/',
        pattern:
          /hooks\.zapier\.com\/hooks\/(?:catch|standard)\/\d{4,10}\/(?<secret>[0-9a-z]{5,40})(?![0-9A-Za-z])/dy,
        maximumLength: 90,
        example: (random) => `hooks.zapier.com/hooks/catch/${random.digits(7)}/b${random.hex(7)}`,
      },
    ],
  },
  {
    id: 'ifttt-webhook',
    title: 'IFTTT webhook key',
    severity: 'medium',
    source: 'https://ifttt.com/maker_webhooks',
    revoke: 'IFTTT (Webhooks, Edit connection)',
    formats: [
      {
        kind: 'shape',
        keyword: 'maker.ifttt.com/',
        pattern:
          /maker\.ifttt\.com\/(?:trigger\/[\w%{}.-]{1,64}\/(?:json\/with|with)\/key|use)\/(?<secret>[\w-]{20,64})(?![\w-])/dy,
        maximumLength: 190,
        example: (random) => `maker.ifttt.com/trigger/door/with/key/${random.body(22)}`,
      },
      { kind: 'named', nouns: ['ifttt'], alphabet: 'base64url', length: [22, 43] },
    ],
  },
  {
    id: 'make-webhook',
    title: 'Make (Integromat) webhook URL',
    severity: 'medium',
    source: 'https://help.make.com/webhooks',
    revoke: 'Make (Webhooks, Delete)',
    formats: [
      {
        kind: 'shape',
        keyword: 'hook.',
        pattern:
          /hook\.(?:eu1|eu2|us1|us2|integromat)\.(?:make\.|)(?:com|celonis\.com)\/(?<secret>[0-9a-z]{32})(?![0-9A-Za-z])/dy,
        maximumLength: 64,
        example: ({ body }) => `hook.eu1.make.com/${body(32, 'abcdefghijklmnopqrstuvwxyz0123456789')}`,
      },
    ],
  },
  {
    id: 'postman-key',
    title: 'Postman API key',
    severity: 'high',
    source: 'https://learning.postman.com/docs/developer/postman-api/authentication/',
    revoke: 'Postman (Settings, API keys)',
    formats: [
      {
        kind: 'shape',
        keyword: 'PMAK-',
        pattern: /PMAK-[0-9a-f]{24}-[0-9a-f]{34}(?![0-9A-Za-z])/y,
        maximumLength: 64,
        example: ({ hex }) => `PMAK-${hex(24)}-${hex(34)}`,
      },
    ],
  },
  {
    id: 'postman-collection-key',
    title: 'Postman collection access key',
    severity: 'medium',
    source: 'https://learning.postman.com/docs/collaborating-in-postman/sharing/',
    revoke: 'Postman (Manage access keys)',
    formats: [{ kind: 'prefix', prefixes: ['PMAT-'], alphabet: 'upper-alphanumeric', length: 26 }],
  },
];
