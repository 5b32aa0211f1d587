/*
 * The registry: every rule that `scan` runs, in order of precedence among equals.
 *
 * A provider's token with a plain format is a row in `src/providers/`: nothing else to write, its cases come by themselves.
 *
 * To add another rule:
 * 1. Write `src/rules/<id>.ts` from the provider's documented format (name the page): keywords, maximum length,
 *    `match` on a matcher of `src/matchers/`, `validate` where a checksum or an exact length proves it.
 * 2. Add a generator of such tokens to `src/testing/tokens.ts`; a literal one would be a leak to every scanner.
 * 3. Write `src/rules/<id>.cases.ts`: what it must catch, and what looks alike and must pass.
 * 4. Import the rule below and its cases in `src/testing/cases.ts`.
 * 5. `npx vitest run packages/scanner`: the generic test refuses missing parts and times hostile inputs.
 */
import { personalDataRules } from './personal-data/personal-data.ts';
import { providerRules } from './providers/providers.ts';
import type { Rule } from './rule.ts';
import { anthropicKey } from './rules/anthropic-key.ts';
import { awsAccessKey } from './rules/aws-access-key.ts';
import { awsSecretKey } from './rules/aws-secret-key.ts';
import { bearerToken } from './rules/bearer-token.ts';
import { commandPassword } from './rules/command-password.ts';
import { connectionString } from './rules/connection-string.ts';
import { curlBasicAuth } from './rules/curl-basic-auth.ts';
import { email } from './rules/email.ts';
import { genericAssignment } from './rules/generic-assignment.ts';
import { githubToken } from './rules/github-token.ts';
import { gitlabToken } from './rules/gitlab-token.ts';
import { googleApiKey } from './rules/google-api-key.ts';
import { httpBasicAuth } from './rules/http-basic-auth.ts';
import { jwt } from './rules/jwt.ts';
import { loginArgument } from './rules/login-argument.ts';
import { natsNkeySeed } from './rules/nats-nkey-seed.ts';
import { npmToken } from './rules/npm-token.ts';
import { openaiKey } from './rules/openai-key.ts';
import { passwordHash } from './rules/password-hash.ts';
import { paymentCard } from './rules/payment-card.ts';
import { pgpassEntry } from './rules/pgpass-entry.ts';
import { privateKey } from './rules/private-key.ts';
import { seedPhrase } from './rules/seed-phrase.ts';
import { slackToken } from './rules/slack-token.ts';
import { stripeKey } from './rules/stripe-key.ts';
import { urlBasicAuth } from './rules/url-basic-auth.ts';
import { usSsn } from './rules/us-ssn.ts';

export const rules: readonly Rule[] = [
  privateKey,
  awsAccessKey,
  awsSecretKey,
  githubToken,
  gitlabToken,
  npmToken,
  slackToken,
  stripeKey,
  googleApiKey,
  anthropicKey,
  openaiKey,
  jwt,
  connectionString,
  natsNkeySeed,
  httpBasicAuth,
  pgpassEntry,
  seedPhrase,
  passwordHash,
  ...providerRules,
  bearerToken,
  curlBasicAuth,
  commandPassword,
  loginArgument,
  urlBasicAuth,
  genericAssignment,
  paymentCard,
  usSsn,
  email,
  ...personalDataRules,
];
