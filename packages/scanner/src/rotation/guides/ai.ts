import { item, type RotationGuide, refusedAt } from '../guide.ts';

/** Models. */
export const ai: readonly RotationGuide[] = [
  {
    provider: 'OpenAI',
    rules: ['openai-key'],
    revoke: [
      item(
        'platform.openai.com, API keys: make a new key for its project alone, put it where the old one is used, then delete the old one.',
      ),
    ],
    uses: [
      item('Usage, by API key and day; Last used in the list of keys; the audit log of the organisation.'),
    ],
    dependents: [
      item(
        'Files, assistants, fine-tuned models and stored conversations that the key could read; the limits and the bill.',
      ),
    ],
    dead: [refusedAt('https://api.openai.com/v1/models')],
    sources: ['https://help.openai.com/en/articles/5112595-best-practices-for-api-key-safety'],
  },
  {
    provider: 'Anthropic',
    rules: ['anthropic-key'],
    revoke: [
      item(
        'Console, Settings, API keys: make a new key in the workspace, put it where the old one is used, then disable and delete the old one.',
      ),
    ],
    uses: [item('Console, Usage and Logs, by key.')],
    dependents: [
      item('Files and batches that the key could read; the limits of the workspace and the bill.'),
    ],
    dead: [
      refusedAt('https://api.anthropic.com/v1/models', {
        header: 'x-api-key: %s',
        with: ['anthropic-version: 2023-06-01'],
      }),
    ],
    sources: [
      'https://support.claude.com/en/articles/9767949-api-key-best-practices-keeping-your-keys-safe-and-secure',
    ],
  },
  {
    provider: 'Hugging Face',
    rules: ['huggingface-token'],
    revoke: [
      item('Settings, Access tokens, the token: Invalidate and refresh, or Delete; make a fine-grained one.'),
    ],
    uses: [item('Last used in the list of tokens; the audit log of the organisation.')],
    dependents: [
      item(
        'Models, data sets and Spaces that were changed meanwhile: look at their commits; secrets of Spaces.',
      ),
    ],
    dead: [refusedAt('https://huggingface.co/api/whoami-v2')],
    sources: ['https://huggingface.co/docs/hub/security-tokens'],
  },
];
