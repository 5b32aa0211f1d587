import { assigned } from './assigned-pattern.ts';
import type { ProviderRow } from './row.ts';

/** Tickets, tasks, design, forms and time. */
export const rows: readonly ProviderRow[] = [
  {
    id: 'asana-token',
    title: 'Asana personal access token or client secret',
    severity: 'high',
    source: 'https://developers.asana.com/docs/personal-access-token',
    revoke: 'Asana (Developer console, Personal access tokens)',
    formats: [
      {
        kind: 'shape',
        keyword: 'asana',
        pattern: new RegExp(
          `asana[\\w.-]{0,32}${assigned}(?:Bearer )?(?<secret>[012]/\\d{15,17}(?:/\\d{15,17}:|:)[0-9a-f]{32})(?![0-9A-Za-z])`,
          'diy',
        ),
        maximumLength: 140,
        example: (random) => `asana_token="1/1${random.digits(15)}:${random.hex(32)}`,
      },
      { kind: 'named', nouns: ['asana'], alphabet: 'hex', length: 32 },
    ],
  },
  {
    id: 'atlassian-token',
    title: 'Atlassian API token',
    severity: 'critical',
    source:
      'https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/',
    revoke: 'Atlassian (Account, Security, API tokens)',
    formats: [
      {
        kind: 'shape',
        keyword: 'ATATT3',
        pattern: /ATATT3[\w-]{60,240}=[0-9A-F]{8}(?![0-9A-Za-z])/y,
        maximumLength: 260,
        example: ({ hex, body }) => `ATATT3xFfGF0${body(172)}=${hex(8).toUpperCase()}`,
      },
      {
        kind: 'shape',
        keyword: 'ATCTT3',
        pattern: /ATCTT3[\w-]{60,240}=[0-9A-F]{8}(?![0-9A-Za-z])/y,
        maximumLength: 260,
        example: ({ hex, body }) => `ATCTT3xFfGN0${body(172)}=${hex(8).toUpperCase()}`,
      },
      {
        kind: 'named',
        nouns: ['atlassian', 'jira', 'confluence'],
        alphabet: 'alphanumeric',
        length: 24,
      },
      // Personal access tokens of the Data Center editions: base64 of an id and twenty bytes.
      { kind: 'named', nouns: ['jira', 'confluence'], alphabet: 'base64', length: 44 },
    ],
  },
  {
    id: 'linear-key',
    title: 'Linear API key or OAuth token',
    severity: 'high',
    source: 'https://linear.app/developers/graphql',
    revoke: 'Linear (Settings, Security & access)',
    formats: [
      { kind: 'prefix', prefixes: ['lin_api_'], alphabet: 'alphanumeric', length: 40 },
      { kind: 'prefix', prefixes: ['lin_oauth_'], alphabet: 'hex', length: 64 },
      { kind: 'prefix', prefixes: ['lin_wh_'], alphabet: 'alphanumeric', length: [32, 64] },
    ],
  },
  {
    id: 'linear-client-secret',
    title: 'Linear client secret',
    severity: 'high',
    source: 'https://linear.app/developers/oauth-2-0-authentication',
    revoke: 'Linear (Settings, API, OAuth applications)',
    formats: [
      { kind: 'named', nouns: ['linear_client', 'linear_api', 'linear_oauth'], alphabet: 'hex', length: 32 },
    ],
  },
  {
    id: 'notion-token',
    title: 'Notion integration token',
    severity: 'high',
    source: 'https://developers.notion.com/reference/authentication',
    revoke: 'Notion (My integrations, Secrets, Refresh)',
    formats: [
      { kind: 'prefix', prefixes: ['secret_'], alphabet: 'alphanumeric', length: 43 },
      {
        kind: 'shape',
        keyword: 'ntn_',
        pattern: /ntn_\d{11}[0-9A-Za-z]{35}(?![0-9A-Za-z])/y,
        maximumLength: 52,
        example: (random) => `ntn_${random.digits(11)}${random.body(35)}`,
      },
    ],
  },
  {
    id: 'figma-token',
    title: 'Figma personal access token',
    severity: 'high',
    source: 'https://developers.figma.com/docs/rest-api/personal-access-tokens/',
    revoke: 'Figma (Settings, Security)',
    formats: [
      { kind: 'prefix', prefixes: ['figd_', 'figu_', 'figo_'], alphabet: 'base64url', length: [38, 44] },
      // Old tokens: a number, a dash and a UUID.
      { kind: 'named', nouns: ['figma'], alphabet: 'base64url', length: [41, 45] },
    ],
  },
  {
    id: 'clickup-token',
    title: 'ClickUp personal token',
    severity: 'high',
    source: 'https://developer.clickup.com/docs/authentication',
    revoke: 'ClickUp (Settings, Apps, Regenerate)',
    formats: [
      {
        kind: 'shape',
        keyword: 'pk_',
        pattern: /pk_\d{5,12}_[0-9A-Z]{32}(?![0-9A-Za-z])/y,
        maximumLength: 48,
        example: ({ digits, body }) => `pk_${digits(8)}_${body(32, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789')}`,
      },
    ],
  },
  {
    id: 'trello-token',
    title: 'Trello API key or token',
    severity: 'high',
    source: 'https://developer.atlassian.com/cloud/trello/guides/rest-api/authorization/',
    revoke: 'Trello (Settings, Applications, Revoke)',
    formats: [
      { kind: 'prefix', prefixes: ['ATTA'], alphabet: 'alphanumeric', length: 72 },
      { kind: 'named', nouns: ['trello'], alphabet: 'hex', length: 32 },
      { kind: 'named', nouns: ['trello'], alphabet: 'hex', length: 64 },
    ],
  },
  {
    id: 'todoist-token',
    title: 'Todoist API token',
    severity: 'medium',
    source: 'https://developer.todoist.com/api/v1/#tag/Authorization',
    revoke: 'Todoist (Settings, Integrations, Developer)',
    formats: [{ kind: 'named', nouns: ['todoist'], alphabet: 'hex', length: 40 }],
  },
  {
    id: 'typeform-token',
    title: 'Typeform personal access token',
    severity: 'high',
    source: 'https://www.typeform.com/developers/get-started/personal-access-token/',
    revoke: 'Typeform (Personal tokens)',
    formats: [{ kind: 'prefix', prefixes: ['tfp_'], alphabet: 'base64url', length: [40, 64] }],
  },
  {
    id: 'smartsheet-token',
    title: 'Smartsheet access token',
    severity: 'high',
    source: 'https://developers.smartsheet.com/api/smartsheet/guides/basics/authentication',
    revoke: 'Smartsheet (Personal Settings, API Access)',
    formats: [
      { kind: 'named', nouns: ['smartsheet'], alphabet: 'alphanumeric', length: 37 },
      { kind: 'named', nouns: ['smartsheet'], alphabet: 'lower-alphanumeric', length: 26 },
    ],
  },
  {
    id: 'coda-token',
    title: 'Coda API token',
    severity: 'high',
    source: 'https://coda.io/developers/apis/v1#section/Introduction',
    revoke: 'Coda (Account, API settings)',
    formats: [{ kind: 'named', nouns: ['coda_api', 'coda_token', 'coda_io'], alphabet: 'uuid', length: 36 }],
  },
  {
    id: 'toggl-token',
    title: 'Toggl Track API token',
    severity: 'medium',
    source: 'https://engineering.toggl.com/docs/authentication/',
    revoke: 'Toggl (Profile, API token, Reset)',
    formats: [{ kind: 'named', nouns: ['toggl'], alphabet: 'hex', length: 32 }],
  },
  {
    id: 'wakatime-key',
    title: 'WakaTime API key',
    severity: 'medium',
    source: 'https://wakatime.com/developers#authentication',
    revoke: 'WakaTime (Settings, API Key)',
    formats: [
      { kind: 'prefix', prefixes: ['waka_', 'waka_tok_', 'waka_sec_'], alphabet: 'uuid', length: 36 },
      { kind: 'named', nouns: ['wakatime'], alphabet: 'uuid', length: 36 },
    ],
  },
  {
    id: 'jotform-key',
    title: 'Jotform API key',
    severity: 'medium',
    source: 'https://api.jotform.com/docs/#authentication',
    revoke: 'Jotform (Settings, API)',
    formats: [{ kind: 'named', nouns: ['jotform'], alphabet: 'hex', length: 32 }],
  },
  {
    id: 'hellosign-key',
    title: 'Dropbox Sign (HelloSign) API key',
    severity: 'high',
    source: 'https://developers.hellosign.com/api/reference/authentication/',
    revoke: 'Dropbox Sign (API, Settings)',
    formats: [{ kind: 'named', nouns: ['hellosign', 'dropbox_sign'], alphabet: 'hex', length: 64 }],
  },
  {
    id: 'pandadoc-key',
    title: 'PandaDoc API key',
    severity: 'high',
    source: 'https://developers.pandadoc.com/reference/api-key-authentication-process',
    revoke: 'PandaDoc (Settings, API)',
    formats: [{ kind: 'named', nouns: ['pandadoc'], alphabet: 'hex', length: 40 }],
  },
];
