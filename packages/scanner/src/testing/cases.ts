import { personalDataCases } from '../personal-data/personal-data.cases.ts';
import { providerRows } from '../providers/providers.ts';
import { cases as anthropicKey } from '../rules/anthropic-key.cases.ts';
import { cases as awsAccessKey } from '../rules/aws-access-key.cases.ts';
import { cases as awsSecretKey } from '../rules/aws-secret-key.cases.ts';
import { cases as bearerToken } from '../rules/bearer-token.cases.ts';
import { cases as commandPassword } from '../rules/command-password.cases.ts';
import { cases as connectionString } from '../rules/connection-string.cases.ts';
import { cases as curlBasicAuth } from '../rules/curl-basic-auth.cases.ts';
import { cases as email } from '../rules/email.cases.ts';
import { cases as genericAssignment } from '../rules/generic-assignment.cases.ts';
import { cases as githubToken } from '../rules/github-token.cases.ts';
import { cases as gitlabToken } from '../rules/gitlab-token.cases.ts';
import { cases as googleApiKey } from '../rules/google-api-key.cases.ts';
import { cases as httpBasicAuth } from '../rules/http-basic-auth.cases.ts';
import { cases as jwt } from '../rules/jwt.cases.ts';
import { cases as loginArgument } from '../rules/login-argument.cases.ts';
import { cases as natsNkeySeed } from '../rules/nats-nkey-seed.cases.ts';
import { cases as npmToken } from '../rules/npm-token.cases.ts';
import { cases as openaiKey } from '../rules/openai-key.cases.ts';
import { cases as passwordHash } from '../rules/password-hash.cases.ts';
import { cases as paymentCard } from '../rules/payment-card.cases.ts';
import { cases as pgpassEntry } from '../rules/pgpass-entry.cases.ts';
import { cases as privateKey } from '../rules/private-key.cases.ts';
import { cases as seedPhrase } from '../rules/seed-phrase.cases.ts';
import { cases as slackToken } from '../rules/slack-token.cases.ts';
import { cases as stripeKey } from '../rules/stripe-key.cases.ts';
import { cases as urlBasicAuth } from '../rules/url-basic-auth.cases.ts';
import { cases as usSsn } from '../rules/us-ssn.cases.ts';
import { casesOfRow } from './cases-of-row.ts';
import type { RuleCases } from './rule-cases.ts';

/** Cases by rule id; the generic test refuses a rule that is missing here. */
export const casesOf: Readonly<Record<string, RuleCases>> = {
  'anthropic-key': anthropicKey,
  'aws-access-key': awsAccessKey,
  'aws-secret-key': awsSecretKey,
  'bearer-token': bearerToken,
  'command-password': commandPassword,
  'connection-string': connectionString,
  'curl-basic-auth': curlBasicAuth,
  email,
  'generic-assignment': genericAssignment,
  'github-token': githubToken,
  'gitlab-token': gitlabToken,
  'google-api-key': googleApiKey,
  'http-basic-auth': httpBasicAuth,
  jwt,
  'login-argument': loginArgument,
  'nats-nkey-seed': natsNkeySeed,
  'npm-token': npmToken,
  'openai-key': openaiKey,
  'payment-card': paymentCard,
  'password-hash': passwordHash,
  'pgpass-entry': pgpassEntry,
  'private-key': privateKey,
  'seed-phrase': seedPhrase,
  'slack-token': slackToken,
  'stripe-key': stripeKey,
  'url-basic-auth': urlBasicAuth,
  'us-ssn': usSsn,
  ...personalDataCases,
  ...Object.fromEntries(providerRows.map((row) => [row.id, casesOfRow(row)])),
};
