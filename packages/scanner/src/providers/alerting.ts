import type { ProviderRow } from './row.ts';

/** On-call, status pages, and checks from outside. */
export const rows: readonly ProviderRow[] = [
  {
    id: 'pagerduty-key',
    title: 'PagerDuty API or integration key',
    severity: 'high',
    source: 'https://support.pagerduty.com/main/docs/api-access-keys',
    revoke: 'PagerDuty (Integrations, API Access Keys)',
    formats: [
      { kind: 'named', nouns: ['pagerduty', 'pager_duty'], alphabet: 'base64url', length: 20 },
      { kind: 'named', nouns: ['pagerduty', 'pager_duty'], alphabet: 'hex', length: 32 },
    ],
  },
  {
    id: 'opsgenie-key',
    title: 'Opsgenie API key',
    severity: 'high',
    source: 'https://support.atlassian.com/opsgenie/docs/api-key-management/',
    revoke: 'Opsgenie (Settings, API key management)',
    formats: [{ kind: 'named', nouns: ['opsgenie', 'ops_genie'], alphabet: 'uuid', length: 36 }],
  },
  {
    id: 'better-stack-token',
    title: 'Better Stack token',
    severity: 'high',
    source: 'https://betterstack.com/docs/uptime/api/getting-started-with-uptime-api/',
    revoke: 'Better Stack (API tokens, Delete)',
    formats: [
      {
        kind: 'named',
        nouns: ['betterstack', 'better_stack', 'logtail', 'better_uptime'],
        alphabet: 'alphanumeric',
        length: 24,
      },
    ],
  },
  {
    id: 'statuspage-key',
    title: 'Statuspage API key',
    severity: 'high',
    source: 'https://developer.statuspage.io/',
    revoke: 'Statuspage (User, API info)',
    formats: [{ kind: 'named', nouns: ['statuspage'], alphabet: 'uuid', length: 36 }],
  },
  {
    id: 'checkly-key',
    title: 'Checkly API key',
    severity: 'high',
    source: 'https://www.checklyhq.com/docs/accounts-and-users/creating-api-key/',
    revoke: 'Checkly (User settings, API keys)',
    formats: [{ kind: 'prefix', prefixes: ['cu_'], alphabet: 'hex', length: 32 }],
  },
  {
    id: 'uptimerobot-key',
    title: 'UptimeRobot API key',
    severity: 'medium',
    source: 'https://uptimerobot.com/api/',
    revoke: 'UptimeRobot (Integrations & API)',
    formats: [
      { kind: 'named', nouns: ['uptimerobot', 'uptime_robot'], alphabet: 'base64url', length: [32, 36] },
    ],
  },
  {
    id: 'healthchecks-key',
    title: 'Healthchecks.io API key',
    severity: 'medium',
    source: 'https://healthchecks.io/docs/api/',
    revoke: 'Healthchecks.io (Project settings, API access)',
    formats: [{ kind: 'named', nouns: ['healthchecks'], alphabet: 'base64url', length: 32 }],
  },
  {
    id: 'cronitor-key',
    title: 'Cronitor API key',
    severity: 'medium',
    source: 'https://cronitor.io/docs/authentication',
    revoke: 'Cronitor (Settings, API)',
    formats: [{ kind: 'named', nouns: ['cronitor'], alphabet: 'hex', length: 32 }],
  },
  {
    id: 'rootly-key',
    title: 'Rootly API key',
    severity: 'high',
    source: 'https://docs.rootly.com/api-reference/overview',
    revoke: 'Rootly (Manage API keys)',
    formats: [{ kind: 'prefix', prefixes: ['rootly_'], alphabet: 'hex', length: 64 }],
  },
  {
    id: 'firehydrant-token',
    title: 'FireHydrant bot token',
    severity: 'high',
    source: 'https://docs.firehydrant.com/reference/quickstart',
    revoke: 'FireHydrant (Settings, Bot users)',
    formats: [{ kind: 'prefix', prefixes: ['fhb-'], alphabet: 'hex', length: 32 }],
  },
  {
    id: 'zabbix-token',
    title: 'Zabbix API token',
    severity: 'high',
    source:
      'https://www.zabbix.com/documentation/current/en/manual/web_interface/frontend_sections/users/api_tokens',
    revoke: 'Zabbix (Users, API tokens)',
    formats: [{ kind: 'named', nouns: ['zabbix'], alphabet: 'hex', length: 64 }],
  },
];
