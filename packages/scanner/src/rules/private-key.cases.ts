import type { RuleCases } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(11);
const labels = [
  'RSA PRIVATE KEY',
  'EC PRIVATE KEY',
  'DSA PRIVATE KEY',
  'PRIVATE KEY',
  'OPENSSH PRIVATE KEY',
  'ENCRYPTED PRIVATE KEY',
  'PGP PRIVATE KEY BLOCK',
];
const whole = labels.map((label) => tokens.pem(label));
const escaped = tokens.pem('PRIVATE KEY', '\\n');
const indented = tokens.pem('RSA PRIVATE KEY', '\n    ');
const legacy = whole[0]!.replace(
  '-----\n',
  '-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123456789ABCDEF\n\n',
);
const ssh2 = `---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n${tokens.body(256)}\n---- END SSH2 ENCRYPTED PRIVATE KEY ----`;
const puttyBody = `${tokens.body(64)}\n${tokens.body(64)}`;
const [cut] = whole[0]!.split('\n-----END');

export const cases: RuleCases = {
  positives: [
    ...whole.map((value) => ({ text: value, value, expected: { validated: true } })),
    ...whole.map((value) => ({ text: `key: |\n${value}\nnext: 1`, value })),
    { text: `{"private_key": "${escaped}\\n", "a": 1}`, value: escaped, expected: { validated: true } },
    { text: `x: |\n    ${indented}\n`, value: indented },
    { text: legacy, value: legacy, expected: { severity: 'high' } },
    { text: ssh2, value: ssh2, expected: { severity: 'high' } },
    { text: `Private-Lines: 2\n${puttyBody}\nPrivate-MAC: 1`, value: puttyBody },
    {
      text: `${cut}\n\n(the rest is missing)`,
      value: cut!.replace(/=$/, ''),
      expected: { validated: false },
    },
  ],
  negatives: [
    tokens.pem('CERTIFICATE'),
    tokens.pem('PUBLIC KEY'),
    tokens.pem('RSA PUBLIC KEY'),
    tokens.pem('CERTIFICATE REQUEST'),
    tokens.pem('PGP PUBLIC KEY BLOCK'),
    '-----BEGIN RSA PRIVATE KEY-----\n...\n-----END RSA PRIVATE KEY-----',
    '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg...\n-----END PRIVATE KEY-----',
    'if (text.includes("-----BEGIN RSA PRIVATE KEY-----")) throw new Error("the text holds a key");',
    '-----BEGIN PRIVATE KEY----- is the header of such a file, as everybody knows by now',
    'private key-----',
    `"-----BEGIN PRIVATE KEY-----\\n...\\n-----END PRIVATE KEY-----\\n", "id": "${tokens.body(64)}"`,
    '-----END RSA PRIVATE KEY-----',
    '-----BEGIN PRIVATE KEY-----\n<your key here>\n-----END PRIVATE KEY-----',
  ],
};
