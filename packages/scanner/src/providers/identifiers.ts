import type { ProviderRow } from './row.ts';

/**
 * Names of accounts and applications: public by design, they open nothing, but tell an attacker whose things these
 * are. Notes.
 */
export const rows: readonly ProviderRow[] = [
  {
    id: 'aws-account-id',
    title: 'AWS account id',
    severity: 'low',
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html',
    revoke: 'AWS (cannot be revoked: look through the policies that trust the account)',
    formats: [
      {
        kind: 'shape',
        keyword: 'arn:aws',
        pattern: /arn:aws(?:-cn|-us-gov)?:[a-z\d-]{2,32}:[a-z\d-]{0,20}:(?<secret>\d{12}):/dy,
        maximumLength: 88,
        example: (random) => `arn:aws:iam::${random.digits(12)}:`,
      },
      { kind: 'named', nouns: ['aws_account_id', 'aws_account'], alphabet: 'digits', length: 12 },
    ],
  },
  {
    id: 'google-oauth-client-id',
    title: 'Google OAuth client id',
    severity: 'low',
    source: 'https://developers.google.com/identity/protocols/oauth2',
    revoke: 'Google Cloud (APIs & Services, Credentials, Delete)',
    formats: [
      {
        kind: 'shape',
        keyword: '.apps.googleuser',
        pattern: /\.apps\.googleusercontent\.com(?![\w-])/y,
        maximumLength: 28,
        before: { alphabet: 'base64url', length: [38, 52] },
        example: () => '.apps.googleusercontent.com',
      },
    ],
  },
  {
    id: 'azure-directory-id',
    title: 'Microsoft Entra tenant or client id',
    severity: 'low',
    source: 'https://learn.microsoft.com/en-us/entra/identity-platform/quickstart-register-app',
    revoke: 'Microsoft Entra (cannot be revoked: rotate the secrets of the application)',
    formats: [
      {
        kind: 'named',
        nouns: [
          'azure_client_id',
          'azure_tenant_id',
          'azure_ad_client_id',
          'azure_ad_tenant_id',
          'arm_client_id',
          'arm_tenant_id',
          'aad_client_id',
          'aad_tenant_id',
          'ad_client_id',
          'ad_tenant_id',
        ],
        alphabet: 'uuid',
        length: 36,
      },
    ],
  },
  {
    id: 'discord-application-id',
    title: 'Discord application id',
    severity: 'low',
    source: 'https://discord.com/developers/docs/reference#snowflakes',
    revoke: 'Discord (cannot be revoked: reset the secrets of the application)',
    formats: [{ kind: 'named', nouns: ['discord'], alphabet: 'digits', length: [17, 20] }],
  },
];
