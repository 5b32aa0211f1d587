import { goneFrom, item, type RotationGuide, refusedAt } from '../guide.ts';

/** Where code and packages are kept, built and published. */
export const codeHosting: readonly RotationGuide[] = [
  {
    provider: 'GitHub',
    rules: ['github-token', 'github-legacy-token'],
    revoke: [
      item(
        'Revoke it, whoever it belongs to; the owner is told. It is typed unseen, in bash or zsh:',
        'read -rs OLD',
        'printf \'{"credentials":["%s"]}\' "$OLD" | curl -sS -X POST -H \'Accept: application/vnd.github+json\' --data-binary @- https://api.github.com/credentials/revoke',
      ),
      item(
        'Make a fine-grained one with few repositories, few permissions and a short life: Settings, Developer settings.',
      ),
    ],
    uses: [
      item(
        'Your security log (github.com/settings/security-log), and the audit log of each organisation: by the token.',
      ),
    ],
    dependents: [
      item(
        'Deploy keys, SSH keys, webhooks, runners and secrets of Actions that were added meanwhile.',
        'gh ssh-key list',
        'gh api user/keys --jq ".[].title"',
      ),
      item('Commits, releases and workflow files that were changed meanwhile.'),
    ],
    dead: [refusedAt('https://api.github.com/user')],
    sources: [
      'https://docs.github.com/en/rest/credentials/revoke',
      'https://docs.github.com/en/code-security/secret-scanning/working-with-secret-scanning-and-push-protection/remediating-a-leaked-secret',
    ],
  },
  {
    provider: 'GitLab',
    rules: ['gitlab-token', 'gitlab-runner-authentication-token', 'gitlab-runner-registration-token'],
    revoke: [
      item(
        'A personal, project or group token revokes itself. It is typed unseen, in bash or zsh:',
        'read -rs OLD',
        'printf \'PRIVATE-TOKEN: %s\\n\' "$OLD" | curl -sS -X DELETE -H @- "https://$GITLAB_HOST/api/v4/personal_access_tokens/self"',
      ),
      item(
        'A deploy token: Settings, Repository, Deploy tokens. A runner: Settings, CI/CD, Runners: remove it and register it anew.',
      ),
    ],
    uses: [item('Access tokens, Last used; the audit events of the project and its group.')],
    dependents: [
      item('CI/CD variables, deploy keys, webhooks and runners that could be read or added with it.'),
    ],
    dead: [
      item(
        'It is refused with 401:',
        'printf \'PRIVATE-TOKEN: %s\\n\' "$OLD" | curl -sS -o /dev/null -w \'%{http_code}\\n\' -H @- "https://$GITLAB_HOST/api/v4/personal_access_tokens/self"',
      ),
    ],
    sources: [
      'https://docs.gitlab.com/api/personal_access_tokens/',
      'https://docs.gitlab.com/security/tokens/',
    ],
  },
  {
    provider: 'Bitbucket',
    rules: ['bitbucket-app-password'],
    revoke: [
      item(
        'Personal settings, App passwords (or API tokens of the Atlassian account): revoke it, and make an API token with few scopes.',
      ),
    ],
    uses: [item('The audit log of the workspace.')],
    dependents: [
      item('Pipelines, repository variables, access keys and webhooks that were changed meanwhile.'),
    ],
    dead: [goneFrom('Personal settings')],
    sources: ['https://support.atlassian.com/bitbucket-cloud/docs/app-passwords/'],
  },
  {
    provider: 'npm',
    rules: ['npm-token', 'npmrc-auth'],
    revoke: [
      item(
        'Find its id and delete it; it can take an hour:',
        'npm token list',
        'npm token delete "$TOKEN_ID"',
      ),
      item(
        'Publish from CI by trusted publishing, which needs no token; else make a granular one for the packages alone.',
      ),
    ],
    uses: [
      item(
        'Versions that you did not publish, of every package that the account may write:',
        'npm view "$PACKAGE" time --json',
      ),
    ],
    dependents: [
      item(
        'Maintainers that were added, and two-factor settings that were changed:',
        'npm owner ls "$PACKAGE"',
      ),
      item('Deprecate and report versions that were not yours.'),
    ],
    dead: [goneFrom('npm token list')],
    sources: ['https://docs.npmjs.com/revoking-access-tokens'],
  },
  {
    provider: 'PyPI',
    rules: ['pypi-token'],
    revoke: [
      item(
        'Account settings, API tokens: Remove. Publish by trusted publishing, which needs no token; else make one for the project alone.',
      ),
    ],
    uses: [item('Account settings, Security history; the release history of each project.')],
    dependents: [
      item(
        'Files and releases that were not yours: yank them and tell security@pypi.org; collaborators that were added.',
      ),
    ],
    dead: [goneFrom('Account settings'), item('Uploading with it is answered with 403.')],
    sources: ['https://pypi.org/help/#apitoken'],
  },
  {
    provider: 'RubyGems',
    rules: ['rubygems-key'],
    revoke: [
      item(
        'Settings, API keys: delete it; make one with few scopes, for one gem, with multi-factor authentication.',
      ),
    ],
    uses: [item('The versions of each gem and the security events of the account.')],
    dependents: [
      item('Versions that were not yours:', 'gem yank "$GEM" --version "$VERSION"'),
      item('Owners that were added:', 'gem owner "$GEM"'),
    ],
    dead: [goneFrom('Settings, API keys')],
    sources: ['https://guides.rubygems.org/api-key-scopes/'],
  },
  {
    provider: 'crates.io',
    rules: ['crates-io-token'],
    revoke: [
      item(
        'Account settings, API tokens: Revoke; make one with a scope and an end, or publish by trusted publishing.',
      ),
    ],
    uses: [item('The versions of each crate, and Last used in the list of tokens.')],
    dependents: [
      item('Versions that were not yours:', 'cargo yank --version "$VERSION" "$CRATE"'),
      item('Owners that were added:', 'cargo owner --list "$CRATE"'),
    ],
    dead: [goneFrom('Account settings')],
    sources: ['https://doc.rust-lang.org/cargo/reference/publishing.html'],
  },
  {
    provider: 'NuGet',
    rules: ['nuget-key'],
    revoke: [
      item(
        'API keys: Delete (or Regenerate, which ends the old value); make one for a pattern of packages with an end.',
      ),
    ],
    uses: [item('The versions of each package.')],
    dependents: [
      item('Versions that were not yours: unlist them and report the package; owners that were added.'),
    ],
    dead: [goneFrom('API keys')],
    sources: ['https://learn.microsoft.com/en-us/nuget/nuget-org/publish-a-package'],
  },
  {
    provider: 'Docker Hub',
    rules: ['docker-hub-token', 'docker-config-auth'],
    revoke: [
      item(
        'Account settings, Personal access tokens: deactivate it, then delete it; make one with the least permission. A password: change it.',
      ),
    ],
    uses: [item('Last used in the list of tokens; the activity log of the organisation.')],
    dependents: [
      item('Tags that were pushed meanwhile: compare their digests with your builds, and push them anew.'),
    ],
    dead: [
      item(
        'Logging in with it fails. It is typed unseen, in bash or zsh:',
        'read -rs OLD',
        'printf %s "$OLD" | docker login --username "$DOCKER_USER" --password-stdin',
      ),
    ],
    sources: ['https://docs.docker.com/security/access-tokens/'],
  },
  {
    provider: 'CircleCI',
    rules: ['circleci-token'],
    revoke: [
      item(
        'User settings, Personal API tokens (or Project settings, API permissions): remove it, and make a new one.',
      ),
    ],
    uses: [item('The audit log of the organisation; pipelines that you did not start.')],
    dependents: [
      item(
        'Every secret in contexts and environment variables of the projects that it reached: replace them as well.',
      ),
    ],
    dead: [refusedAt('https://circleci.com/api/v2/me', { header: 'Circle-Token: %s' })],
    sources: ['https://circleci.com/docs/managing-api-tokens/'],
  },
  {
    provider: 'Snyk',
    rules: ['snyk-token'],
    revoke: [
      item(
        'Account settings, General, Auth token: Revoke and regenerate; of a service account: Settings, Service accounts.',
      ),
    ],
    uses: [item('The audit log of the group or organisation.')],
    dependents: [item('Reports tell where your weaknesses are: see who could read them.')],
    dead: [
      refusedAt('https://api.snyk.io/rest/self?version=2024-10-15', { header: 'Authorization: token %s' }),
    ],
    sources: ['https://docs.snyk.io/snyk-api/authentication-for-api'],
  },
];
