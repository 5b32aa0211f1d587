import { goneFrom, item, type RotationGuide, refusedAt } from '../guide.ts';

/** Public clouds. */
export const clouds: readonly RotationGuide[] = [
  {
    provider: 'AWS IAM access key',
    rules: ['aws-access-key', 'aws-secret-key'],
    revoke: [
      item(
        'Make a second key for the same user, and put it where the first is used:',
        'aws iam create-access-key --user-name "$KEY_USER"',
      ),
      item(
        'Switch the old one off; if it was public, do this first:',
        'aws iam update-access-key --user-name "$KEY_USER" --access-key-id "$KEY_ID" --status Inactive',
      ),
      item(
        'Delete it once nothing has broken:',
        'aws iam delete-access-key --user-name "$KEY_USER" --access-key-id "$KEY_ID"',
      ),
    ],
    uses: [
      item(
        'When, where and for which service it was used last:',
        'aws iam get-access-key-last-used --access-key-id "$KEY_ID"',
      ),
      item(
        'What was done with it in the last 90 days; run it for every region:',
        'aws cloudtrail lookup-events --lookup-attributes "AttributeKey=AccessKeyId,AttributeValue=$KEY_ID"',
      ),
    ],
    dependents: [
      item(
        'Temporary credentials that were made with it live on: deny the user everything that was issued before now (aws:TokenIssueTime).',
      ),
      item(
        'Users, keys, roles and login profiles that somebody made meanwhile:',
        'aws iam get-account-authorization-details --query "UserDetailList[].[UserName,CreateDate]" --output text',
      ),
      item('Instances, functions and spot requests in every region, and the bill.'),
    ],
    dead: [
      item(
        'The old one is refused with InvalidClientTokenId. Both halves are typed unseen, in bash or zsh:',
        'read -rs AWS_ACCESS_KEY_ID && read -rs AWS_SECRET_ACCESS_KEY && export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY',
        'aws sts get-caller-identity',
      ),
    ],
    sources: [
      'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html',
      'https://docs.aws.amazon.com/cli/latest/reference/iam/update-access-key.html',
    ],
  },
  {
    provider: 'AWS session',
    rules: ['aws-session-token'],
    revoke: [
      item(
        'In IAM, open the role, Revoke sessions, Revoke active sessions: what was issued before now is denied.',
      ),
      item('Find the long-lived key or identity that the session came from, and replace that as well.'),
    ],
    uses: [
      item(
        'What the role did; run it for every region:',
        'aws cloudtrail lookup-events --lookup-attributes "AttributeKey=Username,AttributeValue=$ROLE_SESSION"',
      ),
    ],
    dependents: [item('Every other session of the role ends too: whatever uses it must take the role anew.')],
    dead: [
      item('A call with it is answered with AccessDenied or ExpiredToken.', 'aws sts get-caller-identity'),
    ],
    sources: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html'],
  },
  {
    provider: 'Google API key',
    rules: ['google-api-key'],
    revoke: [
      item(
        'Find it by name, and make a new one with restrictions (APIs, addresses, apps):',
        'gcloud services api-keys list',
        'gcloud services api-keys create --display-name "$KEY_NAME"',
      ),
      item(
        'Delete the old one; it can be undeleted for 30 days:',
        'gcloud services api-keys delete "$KEY_RESOURCE"',
      ),
    ],
    uses: [item('In the console: APIs & Services, Metrics, by credential; and the bill of the project.')],
    dependents: [item('Apps that were shipped with it: they need an update, not only a new setting.')],
    dead: [
      goneFrom('gcloud services api-keys list'),
      item('A request with it is answered with API_KEY_INVALID.'),
    ],
    sources: [
      'https://cloud.google.com/docs/authentication/api-keys',
      'https://cloud.google.com/docs/authentication/api-keys-best-practices',
    ],
  },
  {
    provider: 'Google OAuth client',
    rules: ['google-oauth-client-secret'],
    revoke: [
      item(
        'In the console: Google Auth Platform, Clients, the client: add a second secret, put it where the first is used, then disable and delete the old one.',
      ),
    ],
    uses: [item('In the console: the traffic of the client, and the audit log of the project.')],
    dependents: [
      item(
        'Refresh tokens that were issued to this client can be used by whoever has both: revoke them where you can tell whose they are.',
      ),
    ],
    dead: [item('Exchanging a code with the old secret is answered with invalid_client.')],
    sources: ['https://developers.google.com/identity/protocols/oauth2'],
  },
  {
    provider: 'Google OAuth token',
    rules: ['google-oauth-refresh-token', 'google-oauth-access-token'],
    revoke: [
      item(
        'Revoke it; a refresh token takes its access tokens with it. It is typed unseen, in bash or zsh:',
        'read -rs OLD',
        'printf \'token=%s\' "$OLD" | curl -sS --data-binary @- https://oauth2.googleapis.com/revoke',
      ),
    ],
    uses: [
      item(
        'The account: myaccount.google.com, Security, third-party connections; for an organisation the OAuth log in the admin console.',
      ),
    ],
    dependents: [item('The secret of the client, if it lay beside the token.')],
    dead: [
      item(
        'It is answered with invalid_token:',
        'printf \'access_token=%s\' "$OLD" | curl -sS --data-binary @- https://oauth2.googleapis.com/tokeninfo',
      ),
    ],
    sources: ['https://developers.google.com/identity/protocols/oauth2/web-server#tokenrevoke'],
  },
  {
    provider: 'Microsoft Entra application (Azure)',
    rules: ['azure-client-secret'],
    revoke: [
      item(
        'Add a second secret, and put it where the first is used:',
        'az ad app credential reset --id "$APP_ID" --append',
      ),
      item(
        'Find the old one by the beginning that the list shows, and delete it:',
        'az ad app credential list --id "$APP_ID"',
        'az ad app credential delete --id "$APP_ID" --key-id "$SECRET_ID"',
      ),
    ],
    uses: [
      item('Entra ID, Sign-in logs, Service principal sign-ins; the activity log of each subscription.'),
    ],
    dependents: [
      item('Access tokens live on for about an hour.'),
      item(
        'What the application may do, and what it made meanwhile:',
        'az role assignment list --assignee "$APP_ID" --all',
      ),
    ],
    dead: [
      item(
        'Signing in with it is answered with AADSTS7000215. Type it where az asks for it:',
        'az login --service-principal --username "$APP_ID" --tenant "$TENANT"',
      ),
    ],
    sources: ['https://learn.microsoft.com/en-us/cli/azure/ad/app/credential'],
  },
  {
    provider: 'Azure Storage',
    rules: ['azure-account-key', 'azure-sas-signature', 'azure-shared-access-key'],
    revoke: [
      item(
        'Put the second key where the first is used; then renew the first, which ends it and all that it signed:',
        'az storage account keys renew --resource-group "$GROUP" --account-name "$ACCOUNT" --key key1',
      ),
      item(
        'Of a signature (SAS) with a stored access policy, delete the policy; without one only renewing the key ends it.',
      ),
    ],
    uses: [
      item(
        'The resource logs of the account (StorageBlobLogs and the others), by authentication type and address.',
      ),
    ],
    dependents: [item('Every SAS that the key signed dies with it: make those that are needed anew.')],
    dead: [item('A request with it is answered with 403 AuthenticationFailed.')],
    sources: ['https://learn.microsoft.com/en-us/azure/storage/common/storage-account-keys-manage'],
  },
  {
    provider: 'Azure DevOps',
    rules: ['azure-devops-pat', 'azure-devops-token'],
    revoke: [
      item(
        'User settings, Personal access tokens: make a new one with fewer scopes, then Revoke the old one.',
      ),
    ],
    uses: [item('Organization settings, Auditing: filter by the token id or the user.')],
    dependents: [
      item('Pipelines, service connections and feeds that used it; commits and pipeline runs of the time.'),
    ],
    dead: [goneFrom('Personal access tokens')],
    sources: [
      'https://learn.microsoft.com/en-us/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate',
    ],
  },
  {
    provider: 'DigitalOcean',
    rules: ['digitalocean-token'],
    revoke: [
      item(
        'Control panel, API, Tokens: generate a new one with fewer scopes, then Delete the old one (or Regenerate it).',
      ),
    ],
    uses: [item('Settings, Security: the security history of the team; and the bill.')],
    dependents: [
      item(
        'Droplets, volumes, SSH keys and firewall rules that were made meanwhile:',
        'doctl compute droplet list --format Name,PublicIPv4,Created',
        'doctl compute ssh-key list',
      ),
    ],
    dead: [refusedAt('https://api.digitalocean.com/v2/account')],
    sources: ['https://docs.digitalocean.com/reference/api/create-personal-access-token/'],
  },
  {
    provider: 'Cloudflare',
    rules: ['cloudflare-token'],
    revoke: [
      item(
        'Profile (or Manage account), API Tokens, the token: Roll gives it a new value at once and ends the old one; Delete ends it.',
      ),
    ],
    uses: [item('Manage account, Audit log: by the token; last use stands in the list of tokens.')],
    dependents: [
      item(
        'DNS records, Workers, routes and page rules that were changed meanwhile; other tokens that were made with it.',
      ),
    ],
    dead: [refusedAt('https://api.cloudflare.com/client/v4/user/tokens/verify')],
    sources: [
      'https://developers.cloudflare.com/fundamentals/api/how-to/roll-token/',
      'https://developers.cloudflare.com/fundamentals/api/troubleshooting/',
    ],
  },
];
