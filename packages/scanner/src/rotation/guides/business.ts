import { goneFrom, item, type RotationGuide, refusedAt } from '../guide.ts';

/** Money, shops, and what offices run on. */
export const business: readonly RotationGuide[] = [
  {
    provider: 'Stripe',
    rules: ['stripe-key'],
    revoke: [
      item(
        'Developers, API keys, the key: Rotate key (Roll), expiring now if it was public; put the new one where the old one is used.',
      ),
      item('Use restricted keys, and limit the addresses that may use them.'),
    ],
    uses: [item('Developers, Logs: filter by the key; payouts, refunds and new bank accounts.')],
    dependents: [
      item(
        'Webhook endpoints that were added, and their signing secrets; connected accounts; customers whose data could be read.',
      ),
    ],
    dead: [refusedAt('https://api.stripe.com/v1/balance')],
    sources: ['https://docs.stripe.com/keys-best-practices'],
  },
  {
    provider: 'Stripe webhook',
    rules: ['stripe-webhook-secret'],
    revoke: [item('Developers, Webhooks, the endpoint: Roll secret; for up to a day both can hold.')],
    uses: [item('Events in your own log that Stripe does not list as sent: somebody forged them.')],
    dependents: [item('Orders and rights that were granted by such events.')],
    dead: [item('An event that is signed with the old secret is refused by your own endpoint.')],
    sources: ['https://docs.stripe.com/webhooks#roll-endpoint-secrets'],
  },
  {
    provider: 'PayPal',
    rules: ['paypal-client-secret'],
    revoke: [
      item(
        'Developer dashboard, Apps & credentials, the live app: add a second secret, put it where the first is used, then disable and delete the first.',
      ),
    ],
    uses: [item('Activity of the account: payouts and refunds; the API calls of the app.')],
    dependents: [item('Webhooks of the app; access tokens live on for up to nine hours.')],
    dead: [item('Asking for a token with the old secret is answered with invalid_client.')],
    sources: ['https://developer.paypal.com/api/rest/authentication/'],
  },
  {
    provider: 'Square',
    rules: ['square-access-token', 'square-application-secret'],
    revoke: [
      item('Developer console, the application, Credentials (or OAuth): Replace. The old one ends at once.'),
    ],
    uses: [item('Developer console, API logs; payments and refunds.')],
    dependents: [item('Tokens of sellers that were got with the application secret: revoke them too.')],
    dead: [refusedAt('https://connect.squareup.com/v2/locations')],
    sources: ['https://developer.squareup.com/docs/build-basics/access-tokens'],
  },
  {
    provider: 'Shopify',
    rules: ['shopify-token'],
    revoke: [
      item(
        'Of an app of your own for one shop: uninstall it, and install it anew. Of a published app: rotate the client secret, then revoke the old one.',
      ),
    ],
    uses: [item('The activity log of the shop; API health and logs of the app.')],
    dependents: [
      item('Customers and orders that could be read; webhooks, scripts and themes that were changed.'),
    ],
    dead: [item('A call with it (X-Shopify-Access-Token) is answered with 401.')],
    sources: [
      'https://shopify.dev/docs/apps/build/authentication-authorization/client-secrets/rotate-revoke-client-credentials',
    ],
  },
  {
    provider: 'Atlassian',
    rules: ['atlassian-token'],
    revoke: [item('id.atlassian.com, Security, API tokens: Revoke; make one with scopes and an end.')],
    uses: [item('The audit log of the organisation; Last accessed in the list of tokens.')],
    dependents: [item('Pages and issues that the account could read: do they hold other secrets?')],
    dead: [goneFrom('API tokens')],
    sources: [
      'https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/',
    ],
  },
  {
    provider: 'Notion',
    rules: ['notion-token'],
    revoke: [
      item('Integrations, the integration, Configuration: Refresh the secret. The old one ends at once.'),
    ],
    uses: [item('The audit log of the workspace (Enterprise); edits by the integration.')],
    dependents: [item('Pages that were shared with it: do they hold other secrets?')],
    dead: [refusedAt('https://api.notion.com/v1/users/me', { with: ['Notion-Version: 2022-06-28'] })],
    sources: ['https://developers.notion.com/docs/authorization'],
  },
  {
    provider: 'Linear',
    rules: ['linear-key', 'linear-client-secret'],
    revoke: [
      item(
        'Settings, Security & access, Personal API keys: revoke it, and make one with fewer permissions. Of an OAuth application: rotate its client secret.',
      ),
    ],
    uses: [item('Settings, Audit log.')],
    dependents: [item('Webhooks that were added; issues that hold other secrets.')],
    dead: [goneFrom('Personal API keys')],
    sources: ['https://linear.app/developers/graphql'],
  },
  {
    provider: 'Figma',
    rules: ['figma-token'],
    revoke: [
      item('Settings, Security, Personal access tokens: Revoke; make one with few scopes and an end.'),
    ],
    uses: [item('The activity log of the organisation.')],
    dependents: [item('Webhooks that were added; files that the account could read.')],
    dead: [refusedAt('https://api.figma.com/v1/me', { header: 'X-Figma-Token: %s', answer: 403 })],
    sources: ['https://developers.figma.com/docs/rest-api/authentication/'],
  },
  {
    provider: 'Airtable',
    rules: ['airtable-token'],
    revoke: [
      item(
        'Builder hub, Personal access tokens, the token: Regenerate, or Delete; with few scopes and few bases.',
      ),
    ],
    uses: [item('The audit log (Enterprise); revision history of the bases.')],
    dependents: [item('Bases that it could read; webhooks and automations that were added.')],
    dead: [refusedAt('https://api.airtable.com/v0/meta/whoami')],
    sources: ['https://support.airtable.com/docs/creating-personal-access-tokens'],
  },
];
