import { goneFrom, item, type RotationGuide, refusedAsPassword, refusedAt } from '../guide.ts';

/** Chat, mail and calls. */
export const messaging: readonly RotationGuide[] = [
  {
    provider: 'Slack',
    rules: ['slack-token'],
    revoke: [
      item(
        'Revoke it. It is typed unseen, in bash or zsh:',
        'read -rs OLD',
        'printf \'Authorization: Bearer %s\\n\' "$OLD" | curl -sS -X POST -H @- https://slack.com/api/auth.revoke',
      ),
      item('Install the app again for a new one; with token rotation it lives for hours only.'),
    ],
    uses: [item('The access logs and the audit logs of the workspace: by the app.')],
    dependents: [
      item(
        'The client secret and the signing secret of the app, if they lay beside it; messages and files that it could read.',
      ),
    ],
    dead: [
      item(
        'It is answered with "ok":false and token_revoked or invalid_auth:',
        'printf \'Authorization: Bearer %s\\n\' "$OLD" | curl -sS -X POST -H @- https://slack.com/api/auth.test',
      ),
    ],
    sources: [
      'https://docs.slack.dev/reference/methods/auth.revoke/',
      'https://docs.slack.dev/reference/methods/auth.test/',
    ],
  },
  {
    provider: 'Slack webhook',
    rules: ['slack-webhook'],
    revoke: [item('The settings of the app, Incoming webhooks: remove the address, and add a new one.')],
    uses: [item('Messages in its channel that you did not send.')],
    dependents: [item('Nothing can be read with it; what was posted by it may have been believed.')],
    dead: [item('Posting to it is answered with 403 or 404.')],
    sources: ['https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/'],
  },
  {
    provider: 'Discord bot',
    rules: ['discord-bot-token'],
    revoke: [item('Developer portal, the application, Bot: Reset token. The old one ends at once.')],
    uses: [item('The audit log of each server that the bot is in.')],
    dependents: [
      item('Webhooks, invitations and roles that it could make; the client secret of the application.'),
    ],
    dead: [refusedAt('https://discord.com/api/v10/users/@me', { header: 'Authorization: Bot %s' })],
    sources: ['https://discord.com/developers/docs/topics/oauth2#bot-users'],
  },
  {
    provider: 'Discord webhook',
    rules: ['discord-webhook'],
    revoke: [item('Channel settings, Integrations, Webhooks: delete it, and make a new one.')],
    uses: [item('Messages in its channel that you did not send.')],
    dependents: [item('Nothing can be read with it but its own messages.')],
    dead: [item('Its address is answered with 404.')],
    sources: ['https://discord.com/developers/docs/resources/webhook'],
  },
  {
    provider: 'Telegram bot',
    rules: ['telegram-bot-token'],
    revoke: [item('Talk to @BotFather: /revoke, and choose the bot. The old token ends at once.')],
    uses: [item('getWebhookInfo with the new token: an address that is not yours read your messages.')],
    dependents: [item('Chats and channels that the bot can read or write.')],
    dead: [item('getMe with the old token is answered with 401.')],
    sources: ['https://core.telegram.org/bots/features#botfather'],
  },
  {
    provider: 'Microsoft Teams webhook',
    rules: ['microsoft-teams-webhook'],
    revoke: [
      item('The channel, Connectors (or the workflow that has the trigger): remove it, and make a new one.'),
    ],
    uses: [item('Messages in its channel that you did not send.')],
    dependents: [item('Nothing can be read with it.')],
    dead: [item('Posting to it is answered with 404 or 410.')],
    sources: [
      'https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook',
    ],
  },
  {
    provider: 'Twilio API key',
    rules: ['twilio-api-key'],
    revoke: [
      item(
        'Console, Account, API keys & tokens: make a new key, put it where the old one is used, then delete the old one.',
      ),
    ],
    uses: [item('Monitor, Logs: calls and messages; the bill, by country.')],
    dependents: [item('Numbers that were bought, and addresses for calls and messages that were changed.')],
    dead: [refusedAsPassword('https://api.twilio.com/2010-04-01/Accounts.json', '$KEY_SID')],
    sources: ['https://www.twilio.com/docs/iam/api-keys'],
  },
  {
    provider: 'Twilio auth token',
    rules: ['twilio-auth-token'],
    revoke: [
      item(
        'Console, Account, API keys & tokens: request a secondary token, put it where the first is used, then promote it, which ends the first.',
      ),
    ],
    uses: [item('Monitor, Logs: calls, messages and console events; the bill, by country.')],
    dependents: [
      item('API keys that were made with it; what checks X-Twilio-Signature must know the new token too.'),
    ],
    dead: [refusedAsPassword('https://api.twilio.com/2010-04-01/Accounts.json', '$ACCOUNT_SID')],
    sources: [
      'https://www.twilio.com/docs/iam/api/authtoken',
      'https://www.twilio.com/docs/iam/api/secondary_authtoken',
    ],
  },
  {
    provider: 'SendGrid',
    rules: ['sendgrid-key'],
    revoke: [
      item(
        'Settings, API keys: create one with the least access, put it where the old one is used, then delete the old one.',
      ),
    ],
    uses: [item('Activity, and Stats: mails that were not yours.')],
    dependents: [
      item(
        'API keys, teammates, senders and address lists that were changed; the reputation of your domain.',
      ),
    ],
    dead: [refusedAt('https://api.sendgrid.com/v3/scopes')],
    sources: ['https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys'],
  },
  {
    provider: 'Mailgun',
    rules: ['mailgun-key'],
    revoke: [
      item(
        'Account settings, API security: add a key for the domain alone, put it where the old one is used, then delete the old one.',
      ),
    ],
    uses: [item('Sending, Logs: by domain and address.')],
    dependents: [item('Routes and webhooks that were changed; SMTP passwords of the domains.')],
    dead: [refusedAsPassword('https://api.mailgun.net/v3/domains', 'api')],
    sources: ['https://documentation.mailgun.com/docs/mailgun/user-manual/api-key-mgmt/rbac-mgmt'],
  },
  {
    provider: 'Mailchimp',
    rules: ['mailchimp-key', 'mandrill-key'],
    revoke: [
      item(
        'Account & billing, Extras, API keys: make a new one, put it where the old one is used, then revoke the old one.',
      ),
    ],
    uses: [item('Account, Recent activity; campaigns and exports that were not yours.')],
    dependents: [item('Audiences that could be read: addresses of people, which may have to be reported.')],
    dead: [goneFrom('API keys')],
    sources: ['https://mailchimp.com/help/about-api-keys/'],
  },
  {
    provider: 'Postmark',
    rules: ['postmark-token'],
    revoke: [
      item(
        'The server (or the account), API tokens: generate another one, put it where the old one is used, then delete the old one.',
      ),
    ],
    uses: [item('Activity of each message stream.')],
    dependents: [item('Templates, sender signatures and webhooks that were changed.')],
    dead: [
      refusedAt('https://api.postmarkapp.com/server', {
        header: 'X-Postmark-Server-Token: %s',
        with: ['Accept: application/json'],
      }),
    ],
    sources: ['https://postmarkapp.com/developer/api/overview'],
  },
];
