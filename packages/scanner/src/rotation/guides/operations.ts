import { goneFrom, item, type RotationGuide, refusedAt } from '../guide.ts';

/** Where programs run, and what watches over them, keeps their data, and knows their users. */
export const operations: readonly RotationGuide[] = [
  {
    provider: 'Heroku',
    rules: ['heroku-key'],
    revoke: [
      item(
        'Find the authorization, and revoke it:',
        'heroku authorizations',
        'heroku authorizations:revoke "$AUTHORIZATION_ID"',
      ),
      item(
        'The API key of an account: Account settings, Regenerate API key; every machine that is logged in must log in anew.',
      ),
    ],
    uses: [item('The activity of each app; the audit trail of the team:', 'heroku releases --app "$APP"')],
    dependents: [
      item(
        'Config vars that could be read: every secret among them must be replaced:',
        'heroku config --app "$APP" --json | jq -r keys[]',
      ),
    ],
    dead: [
      refusedAt('https://api.heroku.com/account', {
        with: ['Accept: application/vnd.heroku+json; version=3'],
      }),
    ],
    sources: [
      'https://devcenter.heroku.com/articles/authentication',
      'https://devcenter.heroku.com/articles/heroku-cli-commands',
    ],
  },
  {
    provider: 'Vercel',
    rules: ['vercel-token', 'vercel-blob-token'],
    revoke: [
      item(
        'Account settings, Tokens: make one for the team alone, with an end, then delete the old one. Of a blob store: rotate its token.',
      ),
    ],
    uses: [item('The activity of the team; deployments that you did not start.')],
    dependents: [item('Environment variables that could be read: every secret among them must be replaced.')],
    dead: [refusedAt('https://api.vercel.com/v2/user', { answer: 403 })],
    sources: ['https://vercel.com/docs/rest-api'],
  },
  {
    provider: 'Netlify',
    rules: ['netlify-token'],
    revoke: [
      item('User settings, Applications, Personal access tokens: delete it, and make one with an end.'),
    ],
    uses: [item('The audit log of the team; deploys that you did not start.')],
    dependents: [
      item('Environment variables that could be read; build hooks and DNS records that were changed.'),
    ],
    dead: [refusedAt('https://api.netlify.com/api/v1/user')],
    sources: ['https://docs.netlify.com/api/get-started/'],
  },
  {
    provider: 'Fly.io',
    rules: ['fly-token'],
    revoke: [item('Find its id, and revoke it:', 'fly tokens list', 'fly tokens revoke "$TOKEN_ID"')],
    uses: [
      item(
        'Releases and machines of each app:',
        'fly releases --app "$APP"',
        'fly machine list --app "$APP"',
      ),
    ],
    dependents: [item('Secrets of the apps, which a program that somebody deployed could read.')],
    dead: [goneFrom('fly tokens list')],
    sources: ['https://fly.io/docs/flyctl/tokens-revoke/'],
  },
  {
    provider: 'HashiCorp Vault',
    rules: ['vault-token'],
    revoke: [
      item(
        'Revoke it and its children by its accessor, which is no secret:',
        'vault token lookup -accessor "$ACCESSOR"',
        'vault token revoke -accessor "$ACCESSOR"',
      ),
      item('A root token: revoke it, and never keep one.'),
    ],
    uses: [item('The audit devices: by the accessor.')],
    dependents: [
      item(
        'Every secret that it could read; leases that it made are revoked with it, those of orphan tokens are not:',
        'vault lease revoke -prefix "$LEASE_PREFIX"',
      ),
    ],
    dead: [
      item(
        'It is answered with permission denied. It is typed unseen, in bash or zsh:',
        'read -rs VAULT_TOKEN && export VAULT_TOKEN',
        'vault token lookup',
      ),
    ],
    sources: ['https://developer.hashicorp.com/vault/docs/commands/token/revoke'],
  },
  {
    provider: 'HCP Terraform',
    rules: ['terraform-cloud-token'],
    revoke: [
      item(
        'User settings, Tokens (or the settings of the team or the organisation): delete it, and make one with an end.',
      ),
    ],
    uses: [item('The audit trail of the organisation; runs that you did not start.')],
    dependents: [
      item(
        'State files hold secrets in the clear: replace those that it could read; variables of the workspaces.',
      ),
    ],
    dead: [refusedAt('https://app.terraform.io/api/v2/account/details')],
    sources: ['https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens'],
  },
  {
    provider: 'Pulumi',
    rules: ['pulumi-token'],
    revoke: [
      item('Access tokens (of the user, the team or the organisation): delete it, and make one with an end.'),
    ],
    uses: [item('The audit logs of the organisation; updates that you did not start.')],
    dependents: [item('Secrets in the state of the stacks, and in environments (ESC), that it could read.')],
    dead: [refusedAt('https://api.pulumi.com/api/user', { header: 'Authorization: token %s' })],
    sources: ['https://www.pulumi.com/docs/administration/access-identity/access-tokens/'],
  },
  {
    provider: 'Datadog',
    rules: ['datadog-key'],
    revoke: [
      item(
        'Organization settings, API keys (or Application keys): make a new one, put it where the old one is used, then revoke the old one.',
      ),
    ],
    uses: [item('Audit Trail: by the key; Last used in the list of keys.')],
    dependents: [
      item('Application keys act as who made them: dashboards, monitors and logs that they could read.'),
    ],
    dead: [refusedAt('https://api.datadoghq.com/api/v1/validate', { header: 'DD-API-KEY: %s', answer: 403 })],
    sources: ['https://docs.datadoghq.com/account_management/api-app-keys/'],
  },
  {
    provider: 'New Relic',
    rules: ['newrelic-key', 'newrelic-license-key', 'newrelic-browser-key'],
    revoke: [
      item(
        'API keys: create a second one, put it where the first is used, then delete the first; the first licence key of an account only support can rotate.',
      ),
    ],
    uses: [item('NrAuditEvent in the query builder: by the key.')],
    dependents: [item('Logs and traces that a user key could read: do they hold other secrets?')],
    dead: [goneFrom('API keys')],
    sources: ['https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/'],
  },
  {
    provider: 'Sentry',
    rules: ['sentry-org-token', 'sentry-user-token'],
    revoke: [
      item(
        'Settings, Auth tokens (of the organisation or the account): revoke it, and make one with few scopes.',
      ),
    ],
    uses: [item('Settings, Audit log.')],
    dependents: [
      item('Events may hold data of users and other secrets; integrations and releases that were changed.'),
    ],
    dead: [refusedAt('https://sentry.io/api/0/organizations/')],
    sources: ['https://docs.sentry.io/account/auth-tokens/'],
  },
  {
    provider: 'Grafana',
    rules: ['grafana-token', 'grafana-legacy-key'],
    revoke: [
      item(
        'Administration, Service accounts, the account: delete the token, add one with an end and the least role. Of Grafana Cloud: Access policies.',
      ),
    ],
    uses: [item('Last used in the list of tokens; the audit log (Enterprise and Cloud).')],
    dependents: [
      item('Data sources and their credentials; contact points and alert rules that were changed.'),
    ],
    dead: [item('GET /api/org of your Grafana with it is answered with 401.')],
    sources: ['https://grafana.com/docs/grafana/latest/administration/service-accounts/'],
  },
  {
    provider: 'PagerDuty',
    rules: ['pagerduty-key'],
    revoke: [
      item(
        'Integrations, API access keys (or the profile, User settings): delete it, and create another one, read-only where that is enough.',
      ),
    ],
    uses: [item('Audit records of the account.')],
    dependents: [item('Webhooks, integrations and on-call users that were changed.')],
    dead: [refusedAt('https://api.pagerduty.com/abilities', { header: 'Authorization: Token token=%s' })],
    sources: ['https://support.pagerduty.com/main/docs/api-access-keys'],
  },
  {
    provider: 'Databricks',
    rules: ['databricks-token'],
    revoke: [
      item(
        'Find its id, and delete it; use OAuth for services:',
        'databricks tokens list',
        'databricks tokens delete "$TOKEN_ID"',
      ),
    ],
    uses: [item('system.access.audit, by user and address.')],
    dependents: [item('Jobs, clusters and secret scopes of the workspace that it could use.')],
    dead: [goneFrom('databricks tokens list')],
    sources: ['https://docs.databricks.com/aws/en/dev-tools/auth/pat'],
  },
  {
    provider: 'MongoDB Atlas',
    rules: ['mongodb-atlas-key'],
    revoke: [
      item(
        'Access manager, API keys (or Service accounts): make a new one with an access list, put it where the old one is used, then delete the old one.',
      ),
    ],
    uses: [item('The activity feed of the organisation and the project.')],
    dependents: [item('Database users, network access lists and backups that were changed or fetched.')],
    dead: [goneFrom('API keys')],
    sources: ['https://www.mongodb.com/docs/atlas/configure-api-access/'],
  },
  {
    provider: 'Supabase',
    rules: ['supabase-secret-key', 'supabase-token'],
    revoke: [
      item(
        'A secret key: Project settings, API keys: add another one, put it where the old one is used, then delete the old one. A token of the account: Account, Access tokens. A service_role key is a JWT: rotate the signing key of the project.',
      ),
    ],
    uses: [item('Logs, API and Postgres: by address and role.')],
    dependents: [
      item(
        'Secret keys pass row level security: all rows could be read or changed; users of Auth, files of Storage.',
      ),
    ],
    dead: [item('GET /rest/v1/ of the project with it is answered with 401.')],
    sources: ['https://supabase.com/docs/guides/api/api-keys'],
  },
  {
    provider: 'Okta',
    rules: ['okta-token', 'okta-client-secret'],
    revoke: [
      item(
        'Security, API, Tokens: revoke it. Of an application: Client credentials: generate a second secret, put it where the first is used, deactivate and delete the first.',
      ),
    ],
    uses: [item('Reports, System log: by the token or the client, and by address.')],
    dependents: [
      item(
        'Users, factors, administrators, applications and policies that were changed; sessions that were begun.',
      ),
    ],
    dead: [
      item('GET /api/v1/users/me of your organisation with "Authorization: SSWS" is answered with 401.'),
    ],
    sources: ['https://developer.okta.com/docs/guides/create-an-api-token/main/'],
  },
  {
    provider: 'Auth0',
    rules: ['auth-zero-secret'],
    revoke: [item('Applications, the application, Settings: Rotate secret. The old one ends at once.')],
    uses: [item('Monitoring, Logs: by client.')],
    dependents: [
      item(
        'Access tokens that were issued live on until they expire; the signing key of the tenant, if the client could manage it.',
      ),
    ],
    dead: [item('Asking /oauth/token with the old secret is answered with 401.')],
    sources: ['https://auth0.com/docs/get-started/applications/rotate-client-secret'],
  },
  {
    provider: 'Algolia',
    rules: ['algolia-key'],
    revoke: [
      item(
        'Settings, API keys: delete it, and make one with few rights on few indices. The admin key: Regenerate; keys that were derived from a deleted one die with it.',
      ),
    ],
    uses: [item('Monitoring, API logs: by key.')],
    dependents: [item('Secured keys that were made from it; records that were changed.')],
    dead: [goneFrom('API keys')],
    sources: ['https://www.algolia.com/doc/guides/security/api-keys/'],
  },
];
