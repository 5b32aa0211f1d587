import type { ProviderRow } from './row.ts';

/** Platforms for agents, assistants and background jobs. Models and tools around them are in `ai.ts` and `ai-tools.ts`. */
export const rows: readonly ProviderRow[] = [
  {
    id: 'google-ai-auth-key',
    title: 'Gemini API authentication key',
    severity: 'critical',
    source: 'https://ai.google.dev/gemini-api/docs/api-key',
    revoke: 'Google AI Studio (API keys, Delete)',
    formats: [{ kind: 'prefix', prefixes: ['AQ.Ab'], alphabet: 'base64url', length: [40, 80] }],
  },
  {
    id: 'trigger-dev-key',
    title: 'Trigger.dev secret key or access token',
    severity: 'high',
    source: 'https://trigger.dev/docs/management/authentication',
    revoke: 'Trigger.dev (API keys, Regenerate)',
    formats: [
      {
        kind: 'prefix',
        prefixes: ['tr_dev_', 'tr_stg_', 'tr_prod_', 'tr_preview_'],
        alphabet: 'alphanumeric',
        length: [18, 64],
      },
      { kind: 'prefix', prefixes: ['tr_pat_'], alphabet: 'alphanumeric', length: [30, 64] },
    ],
  },
  {
    id: 'inngest-signing-key',
    title: 'Inngest signing key',
    severity: 'high',
    source: 'https://www.inngest.com/docs/platform/signing-keys',
    revoke: 'Inngest (Environment, Signing key, Rotate)',
    formats: [
      {
        kind: 'prefix',
        prefixes: ['signkey-prod-', 'signkey-test-', 'signkey-branch-', 'signkey-staging-'],
        alphabet: 'hex',
        length: [32, 64],
      },
    ],
  },
  {
    id: 'voiceflow-key',
    title: 'Voiceflow API key',
    severity: 'high',
    source: 'https://docs.voiceflow.com/reference/api-key-differences',
    revoke: 'Voiceflow (Settings, API keys)',
    formats: [
      {
        kind: 'shape',
        keyword: 'VF.DM.',
        pattern: /VF\.DM\.[0-9a-f]{24}\.[A-Za-z0-9]{14,24}(?![A-Za-z0-9])/y,
        maximumLength: 56,
        example: (random) => `VF.DM.${random.hex(24)}.${random.body(16)}`,
      },
      {
        kind: 'shape',
        keyword: 'VF.WS.',
        pattern: /VF\.WS\.[0-9a-f]{24}\.[A-Za-z0-9]{14,24}(?![A-Za-z0-9])/y,
        maximumLength: 56,
        example: (random) => `VF.WS.${random.hex(24)}.${random.body(16)}`,
      },
    ],
  },
  {
    id: 'botpress-token',
    title: 'Botpress access token',
    severity: 'high',
    source: 'https://botpress.com/docs/api-documentation/',
    revoke: 'Botpress (Profile, Personal access tokens)',
    formats: [
      {
        kind: 'prefix',
        prefixes: ['bp_pat_', 'bp_bak_', 'bp_iak_'],
        alphabet: 'alphanumeric',
        length: [30, 48],
      },
    ],
  },
  {
    id: 'letta-key',
    title: 'Letta API key',
    severity: 'high',
    source: 'https://docs.letta.com/guides/cloud/overview',
    revoke: 'Letta (API keys, Delete)',
    formats: [{ kind: 'prefix', prefixes: ['sk-let-'], alphabet: 'base64', length: [60, 160] }],
  },
  {
    id: 'confident-ai-key',
    title: 'Confident AI API key',
    severity: 'high',
    source: 'https://www.confident-ai.com/docs',
    revoke: 'Confident AI (Project settings, API key)',
    formats: [
      {
        kind: 'prefix',
        prefixes: ['confident_us_', 'confident_eu_', 'confident_au_'],
        alphabet: 'base64',
        length: [40, 64],
      },
    ],
  },
  {
    id: 'zep-key',
    title: 'Zep project API key',
    severity: 'high',
    source: 'https://help.getzep.com/quickstart',
    revoke: 'Zep (Project settings, API keys)',
    formats: [
      // Base64url of `{"uid":`, with which the payload of every key begins.
      { kind: 'prefix', prefixes: ['z_1dWlkIjoi'], alphabet: 'base64url', length: [40, 300] },
    ],
  },
  {
    id: 'bland-key',
    title: 'Bland AI organisation key',
    severity: 'high',
    source: 'https://docs.bland.ai/api-v1/post/calls',
    revoke: 'Bland AI (Account settings, API keys)',
    formats: [{ kind: 'prefix', prefixes: ['org_'], alphabet: 'hex', length: [100, 160] }],
  },
  {
    id: 'n8n-key',
    title: 'n8n API key',
    severity: 'critical',
    source: 'https://docs.n8n.io/api/authentication/',
    revoke: 'n8n (Settings, n8n API, Delete)',
    formats: [{ kind: 'prefix', prefixes: ['n8n_api_'], alphabet: 'hex', length: [40, 96] }],
  },
  {
    id: 'unkey-root-key',
    title: 'Unkey root key',
    severity: 'critical',
    source: 'https://www.unkey.com/docs/security/root-keys',
    revoke: 'Unkey (Settings, Root keys, Revoke)',
    formats: [{ kind: 'prefix', prefixes: ['unkey_'], alphabet: 'alphanumeric', length: [16, 48] }],
  },
  {
    id: 'convex-deploy-key',
    title: 'Convex deploy key',
    severity: 'critical',
    source: 'https://docs.convex.dev/cli/deploy-key-types',
    revoke: 'Convex (Project settings, Deploy keys)',
    formats: ['prod', 'dev', 'preview', 'project'].map((type) => ({
      kind: 'shape' as const,
      keyword: `${type}:`,
      pattern: new RegExp(
        `${type}:[a-z\\d-]{3,64}(?::[a-z\\d-]{3,64})?\\|(?<secret>[A-Za-z0-9+/_-]{40,400}={0,2})(?![A-Za-z0-9+/=])`,
        'dy',
      ),
      maximumLength: 560,
      example: (random) => `${type}:happy-otter-123|${random.body(80)}==`,
    })),
  },
  {
    id: 'vectara-key',
    title: 'Vectara API key',
    severity: 'high',
    source: 'https://docs.vectara.com/docs/security/authentication/api-key-management',
    revoke: 'Vectara (API access, API keys)',
    formats: [
      { kind: 'prefix', prefixes: ['zqt_', 'zwt_', 'zut_'], alphabet: 'base64url', length: [24, 64] },
    ],
  },
  {
    id: 'mixedbread-key',
    title: 'Mixedbread API key',
    severity: 'high',
    source: 'https://www.mixedbread.com/docs/quickstart',
    revoke: 'Mixedbread (API keys)',
    formats: [{ kind: 'prefix', prefixes: ['mxb_'], alphabet: 'alphanumeric', length: [24, 64] }],
  },
];
