import { assigned } from './assigned-pattern.ts';
import type { ProviderRow, ShapeFormat } from './row.ts';

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
/**
 * A bot token of Discord is the base64 of a user id, of the time, and an HMAC. An id is a number of 17 to 19 digits,
 * and the base64 of its first two has one of these ninety beginnings.
 */
const discordHeads = ['MT', 'Mj', 'Mz', 'ND', 'NT', 'Nj', 'Nz', 'OD', 'OT'].flatMap((first) =>
  [...'AEIMQUYcgk'].map((second) => first + second),
);

/** Chat and its webhooks. Slack's tokens have a rule of their own in `src/rules/`. */
export const rows: readonly ProviderRow[] = [
  {
    id: 'telegram-bot-token',
    title: 'Telegram bot token',
    severity: 'high',
    source: 'https://core.telegram.org/bots/api#authorizing-your-bot',
    revoke: 'Telegram (BotFather, /revoke)',
    formats: [
      {
        kind: 'shape',
        keyword: ':AA',
        before: { alphabet: 'digits', length: [8, 10] },
        pattern: /:AA[\w-]{32,33}(?![\w-])/y,
        maximumLength: 37,
        example: (random) => `:AA${random.body(33)}`,
      },
      {
        kind: 'shape',
        keyword: '/bot',
        pattern: /\/bot(?<secret>\d{8,10}:AA[\w-]{32,33})(?![\w-])/dy,
        maximumLength: 52,
        example: (random) => `/bot1${random.digits(9)}:AA${random.body(33)}`,
      },
    ],
  },
  {
    id: 'discord-bot-token',
    title: 'Discord bot token',
    severity: 'high',
    source: 'https://discord.com/developers/docs/reference#authentication',
    revoke: 'Discord (Developer Portal, Bot, Reset Token)',
    formats: [
      ...discordHeads.map(
        (keyword): ShapeFormat => ({
          kind: 'shape',
          keyword,
          pattern: new RegExp(`${keyword}[\\w-]{20,25}\\.[\\w-]{6}\\.[\\w-]{27,40}(?![\\w-])`, 'y'),
          maximumLength: 80,
          example: (random) => `${keyword}${random.body(23)}.${random.body(6)}.${random.body(38)}`,
        }),
      ),
      {
        kind: 'shape',
        keyword: 'discord',
        pattern: new RegExp(
          `discord[\\w.-]{0,40}${assigned}(?<secret>[MNO][\\w-]{23,27}\\.[\\w-]{6}\\.[\\w-]{27,40})(?![\\w-])`,
          'diy',
        ),
        maximumLength: 140,
        example: (random) => `discord_key = "M${random.body(25)}.${random.body(6)}.${random.body(38)}`,
      },
    ],
  },
  {
    id: 'discord-client-secret',
    title: 'Discord client secret',
    severity: 'high',
    source: 'https://discord.com/developers/docs/topics/oauth2',
    revoke: 'Discord (Developer Portal, OAuth2, Reset Secret)',
    formats: [
      { kind: 'named', nouns: ['discord'], alphabet: 'base64url', length: 32 },
      { kind: 'named', nouns: ['discord'], alphabet: 'hex', length: 64 },
    ],
  },
  {
    id: 'discord-webhook',
    title: 'Discord webhook URL',
    severity: 'medium',
    source: 'https://discord.com/developers/docs/resources/webhook',
    revoke: 'Discord (Channel, Integrations, Webhooks, Delete)',
    formats: ['discord.com', 'discordapp.com'].map((host) => ({
      kind: 'shape',
      keyword: `${host}/api/webhooks/`,
      pattern: new RegExp(
        `${host.replace('.', '\\.')}/api/webhooks/\\d{17,20}/(?<secret>[\\w-]{60,80})(?![\\w-])`,
        'dy',
      ),
      maximumLength: 140,
      example: (random) => `${host}/api/webhooks/1${random.digits(17)}/${random.body(68)}`,
    })),
  },
  {
    id: 'slack-webhook',
    title: 'Slack webhook URL',
    severity: 'medium',
    source: 'https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/',
    revoke: 'Slack (App settings, Incoming Webhooks, Remove)',
    formats: [
      {
        kind: 'shape',
        keyword: 'hooks.slack.com/',
        // Workspace, app and secret, with slashes between.
        pattern:
          /hooks\.slack\.com\/(?:services|workflows|triggers)\/(?<secret>[A-Za-z0-9+/]{40,80})(?![\w+/])/dy,
        maximumLength: 140,
        example: (random) =>
          `hooks.slack.com/services/T0${random.digits(8)}/B0${random.digits(8)}/${random.body(24)}`,
      },
    ],
  },
  {
    id: 'microsoft-teams-webhook',
    title: 'Microsoft Teams webhook URL',
    severity: 'medium',
    source:
      'https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook',
    revoke: 'Microsoft Teams (Channel, Connectors, Incoming Webhook, Remove)',
    formats: [
      {
        kind: 'shape',
        keyword: '.webhook.office.com/webhookb2/',
        pattern: new RegExp(
          `\\.webhook\\.office\\.com/webhookb2/(?<secret>${uuid}@${uuid}/IncomingWebhook/[0-9a-zA-Z]{32}/${uuid})`,
          'diy',
        ),
        maximumLength: 240,
        example: ({ uuid, hex }) =>
          `.webhook.office.com/webhookb2/${uuid()}@${uuid()}/IncomingWebhook/${hex(32)}/${uuid()}`,
      },
      {
        kind: 'shape',
        keyword: 'outlook.office.com/webhook/',
        pattern: new RegExp(
          `outlook\\.office\\.com/webhook/(?<secret>${uuid}@${uuid}/[A-Za-z]{4,24}/[0-9a-zA-Z]{32}/${uuid})`,
          'diy',
        ),
        maximumLength: 240,
        example: ({ uuid, hex }) =>
          `outlook.office.com/webhook/${uuid()}@${uuid()}/IncomingWebhook/${hex(32)}/${uuid()}`,
      },
    ],
  },
  {
    id: 'feishu-webhook',
    title: 'Feishu or Lark bot webhook URL',
    severity: 'medium',
    source: 'https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot',
    revoke: 'Feishu (Group settings, Bots, Remove)',
    formats: [
      {
        kind: 'shape',
        keyword: '/open-apis/bot/v2/hook/',
        pattern: new RegExp(`/open-apis/bot/v2/hook/(?<secret>${uuid})(?![\\w-])`, 'diy'),
        maximumLength: 60,
        example: ({ uuid }) => `/open-apis/bot/v2/hook/${uuid()}`,
      },
    ],
  },
  {
    id: 'dingtalk-webhook',
    title: 'DingTalk robot webhook URL',
    severity: 'medium',
    source: 'https://open.dingtalk.com/document/robots/custom-robot-access',
    revoke: 'DingTalk (Group settings, Bots, Remove)',
    formats: [
      {
        kind: 'shape',
        keyword: 'dingtalk.com/robot/send',
        pattern: /dingtalk\.com\/robot\/send\?access_token=(?<secret>[0-9a-f]{64})(?![0-9A-Za-z])/dy,
        maximumLength: 104,
        example: ({ hex }) => `dingtalk.com/robot/send?access_token=${hex(64)}`,
      },
    ],
  },
  {
    id: 'wecom-webhook',
    title: 'WeCom group robot webhook URL',
    severity: 'medium',
    source: 'https://developer.work.weixin.qq.com/document/path/91770',
    revoke: 'WeCom (Group, Robots, Remove)',
    formats: [
      {
        kind: 'shape',
        keyword: '/cgi-bin/webhook/send',
        pattern: new RegExp(`/cgi-bin/webhook/send\\?key=(?<secret>${uuid})(?![\\w-])`, 'diy'),
        maximumLength: 64,
        example: ({ uuid }) => `/cgi-bin/webhook/send?key=${uuid()}`,
      },
    ],
  },
  {
    id: 'google-chat-webhook',
    title: 'Google Chat webhook URL',
    severity: 'medium',
    source: 'https://developers.google.com/workspace/chat/quickstart/webhooks',
    revoke: 'Google Chat (Space, Apps & integrations, Webhooks)',
    formats: [
      {
        kind: 'shape',
        keyword: 'chat.googleapis.com/v1/spaces/',
        pattern:
          /chat\.googleapis\.com\/v1\/spaces\/[\w-]{6,24}\/messages\?key=(?<secret>[\w-]{39}&token=[\w%-]{30,80})/dy,
        maximumLength: 190,
        example: (random) =>
          `chat.googleapis.com/v1/spaces/AAAA${random.body(7)}/messages?key=${'AI'}za${random.body(35)}&token=${random.body(43)}`,
      },
    ],
  },
  {
    id: 'matrix-access-token',
    title: 'Matrix (Synapse) access token',
    severity: 'high',
    source: 'https://element-hq.github.io/synapse/latest/usage/administration/admin_api/index.html',
    revoke: 'the home server (log the session out)',
    formats: [
      {
        kind: 'shape',
        keyword: 'syt_',
        pattern: /syt_[A-Za-z0-9+/]{1,120}_[A-Za-z]{20}_[0-9A-Za-z]{6}(?![0-9A-Za-z])/y,
        maximumLength: 160,
        example: (random) =>
          `syt_${random.body(8)}_${random.body(20, 'abcdefghijKLMNOPQRSTUVWXYZ')}_${random.body(6)}`,
      },
    ],
  },
  {
    id: 'mattermost-token',
    title: 'Mattermost access token',
    severity: 'high',
    source: 'https://developers.mattermost.com/integrate/reference/personal-access-token/',
    revoke: 'Mattermost (Profile, Security, Personal Access Tokens)',
    formats: [{ kind: 'named', nouns: ['mattermost'], alphabet: 'lower-alphanumeric', length: 26 }],
  },
  {
    id: 'zulip-api-key',
    title: 'Zulip API key',
    severity: 'high',
    source: 'https://zulip.com/api/api-keys',
    revoke: 'Zulip (Settings, Account & privacy, API key)',
    formats: [{ kind: 'named', nouns: ['zulip'], alphabet: 'alphanumeric', length: 32 }],
  },
  {
    id: 'wechat-app-secret',
    title: 'WeChat app secret',
    severity: 'high',
    source: 'https://developers.weixin.qq.com/doc/offiaccount/en/Basic_Information/Get_access_token.html',
    revoke: 'WeChat (Official Accounts Platform, Basic configuration)',
    formats: [{ kind: 'named', nouns: ['wechat', 'weixin'], alphabet: 'hex', length: 32 }],
  },
  {
    id: 'webex-token',
    title: 'Webex bot or access token',
    severity: 'high',
    source: 'https://developer.webex.com/docs/bots',
    revoke: 'Webex (Developer portal, My apps, Regenerate token)',
    formats: [
      {
        kind: 'shape',
        keyword: '_PF84_',
        pattern: /_PF84_[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![\w-])/y,
        maximumLength: 48,
        before: { alphabet: 'base64url', length: [60, 72] },
        example: (random) => `_PF84_${random.uuid()}`,
      },
      {
        kind: 'shape',
        keyword: '_P0A1_',
        pattern: /_P0A1_[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![\w-])/y,
        maximumLength: 48,
        before: { alphabet: 'base64url', length: [60, 72] },
        example: (random) => `_P0A1_${random.uuid()}`,
      },
    ],
  },
  {
    id: 'guilded-token',
    title: 'Guilded bot token',
    severity: 'high',
    source: 'https://www.guilded.gg/docs/api/http_authentication',
    revoke: 'Guilded (Bots, Manage tokens)',
    formats: [{ kind: 'prefix', prefixes: ['gapi_'], alphabet: 'base64', length: 88 }],
  },
];
