import { item, type RotationGuide } from './guide.ts';

/** What is done about a credential whose provider has no guide of its own, by its kind. */
export type Kind = Omit<RotationGuide, 'provider' | 'rules' | 'sources'>;

const logs = item(
  'The logs of what accepts it: addresses, times and programs that are not yours, from the day that it came into the history.',
);
const elsewhere = item(
  'Other places with the same value: other environments, CI, images, backups, other services.',
);

export const kinds = {
  token: {
    revoke: [
      item(
        'Make a new one with the least rights and an end, put it where the old one is used, then revoke the old one; the other way round if it was public.',
      ),
    ],
    uses: [logs],
    dependents: [item('What was made with it: other tokens, users, webhooks, machines.'), elsewhere],
    dead: [item('A harmless call with the old one is refused with 401; with 403 it may still live.')],
  },
  password: {
    revoke: [
      item(
        'Change it, to a random one that nothing else has; end the sessions that were begun with the old one.',
      ),
    ],
    uses: [logs],
    dependents: [item('Accounts with the same password, of anybody: change these first.'), elsewhere],
    dead: [item('Signing in with the old one fails, and old sessions are over.')],
  },
  'connection string': {
    revoke: [
      item(
        'Make a second user with the same rights, put it where the first is used, then lock the first; or change its password at once if it was public. In PostgreSQL, where \\password asks unseen:',
        'psql "service=$SERVICE" -c "\\\\password $DB_USER"',
      ),
      item(
        'Close what need not be reached from everywhere: the firewall, pg_hba.conf, the network rules of the host.',
      ),
    ],
    uses: [item('The log of connections of the database: users, addresses, times; its largest results.')],
    dependents: [
      item('What the user could read: other credentials, and data of people, which may have to be reported.'),
      item(
        'Users, functions, triggers and replicas that were made with it; connections that are still open.',
      ),
      elsewhere,
    ],
    dead: [item('A new connection with the old one is refused, and no old one is open.')],
  },
  'private key': {
    revoke: [
      item(
        'Make a new pair, put the public half where the old one is trusted, then take the old one out of it: authorized_keys, deploy keys, the trust store.',
        'ssh-keygen -t ed25519 -f "$NEW_KEY_FILE"',
      ),
      item(
        'Of a certificate: have it revoked by its issuer with the reason keyCompromise (RFC 5280), and a new one issued for a new key. A passphrase on the leaked file only wins time.',
      ),
    ],
    uses: [
      item(
        'The log of sign-ins by the fingerprint of the key; certificate transparency logs for certificates that are not yours.',
      ),
      logs,
    ],
    dependents: [
      item(
        'What was encrypted to it can be read for ever; what it signed cannot be told from forgeries made since.',
      ),
      elsewhere,
    ],
    dead: [
      item(
        'Signing in with the old key is refused, or the status of its certificate is revoked (OCSP, CRL).',
      ),
    ],
  },
  'signing key': {
    revoke: [
      item(
        'Make a new key, sign with it, and accept the old one only until the last honest token has expired; at once if it was public.',
      ),
    ],
    uses: [item('Tokens, cookies or events that you accepted, and never issued.')],
    dependents: [
      item('Every session and link that was signed with it: they end.'),
      item('Where it also encrypts, what it encrypted: encrypt it anew.'),
      elsewhere,
    ],
    dead: [item('A token that is signed with the old key is refused.')],
  },
  jwt: {
    revoke: [
      item(
        'End the session or the client that it was issued to; where nobody can, wait for its end (exp) or replace the signing key.',
      ),
    ],
    uses: [logs],
    dependents: [item('The refresh token that may lie beside it; what its claims say of a person.')],
    dead: [item('A call with it is refused with 401.')],
  },
  'webhook address': {
    revoke: [item('Remove the address where it was made, and make a new one.')],
    uses: [item('Messages or events that came by it, and that you did not send.')],
    dependents: [item('What acted on them.'), elsewhere],
    dead: [item('Posting to the old address is answered with 403, 404 or 410.')],
  },
  'seed or wallet key': {
    revoke: [
      item(
        'Move everything that it controls to keys made on another machine, the most valuable first. It cannot be revoked.',
      ),
    ],
    uses: [item('The transactions of its addresses.')],
    dependents: [item('All addresses that are derived from it, also in other currencies.')],
    dead: [item('Its addresses hold nothing, and nobody sends to them any more.')],
  },
  'personal data': {
    revoke: [
      item(
        'It cannot be revoked: take it out of the history, and out of what was made of it (forks, packages, logs, backups).',
      ),
      item(
        'Ask whoever is responsible for data protection today: the authority must be told within 72 hours (GDPR, article 33), and the people, where the risk for them is high (article 34); HIPAA and others have their own periods.',
      ),
    ],
    uses: [item('Who cloned, forked or read the repository since, as far as its host can tell.')],
    dependents: [
      item(
        'Payment cards: tell the issuer or acquirer (PCI DSS, requirement 12.10). Numbers of identity papers: tell the people, who may have them blocked.',
      ),
    ],
    dead: [item('memhold history check finds it nowhere, and the host has purged what it kept.')],
  },
} as const satisfies Record<string, Kind>;

export type KindName = keyof typeof kinds;

const byRule: Readonly<Record<string, KindName>> = {
  'connection-string': 'connection string',
  'pgpass-entry': 'connection string',
  'neon-password': 'connection string',
  'materialize-password': 'connection string',
  'seed-phrase': 'seed or wallet key',
  'bitcoin-extended-key': 'seed or wallet key',
  'nats-nkey-seed': 'private key',
  'age-secret-key': 'private key',
  'openvpn-static-key': 'private key',
  'kubeconfig-client-key': 'private key',
  jwt: 'jwt',
  'bearer-token': 'token',
  'django-secret-key': 'signing key',
  'rails-secret': 'signing key',
  'laravel-app-key': 'signing key',
  'airflow-fernet-key': 'signing key',
  'inngest-signing-key': 'signing key',
  'password-hash': 'password',
  'http-basic-auth': 'password',
  'curl-basic-auth': 'password',
  'url-basic-auth': 'password',
  'command-password': 'password',
  'login-argument': 'password',
};

/** The kind of what a rule finds. */
export function kindOf(ruleId: string, category: string): KindName {
  if (category === 'pii') return 'personal data';
  const known = byRule[ruleId];
  if (known !== undefined) return known;
  if (ruleId.endsWith('webhook-secret')) return 'signing key';
  if (ruleId.endsWith('webhook')) return 'webhook address';
  if (ruleId.endsWith('private-key')) return 'private key';
  return ruleId.endsWith('password') ? 'password' : 'token';
}
