import type { RuleCases } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(2);
const secret = tokens.awsSecretKey();
const id = tokens.awsAccessKey();

export const cases: RuleCases = {
  positives: [
    `AWS_SECRET_ACCESS_KEY=${secret}`,
    `aws_secret_access_key = "${secret}"\n`,
    `"SecretAccessKey": "${secret}", "SessionToken": ""`,
    `{\\"secretAccessKey\\": \\"${secret}\\"}`,
    `my aws secret is ${secret}.`,
    `${id},${secret}\n`,
    `key id ${id}\nand the other half:\n${secret}`,
    `AWS_ACCESS_KEY_ID=${id}\\nAWS_SECRET=${secret}`,
  ].map((text) => ({ text, value: secret })),
  negatives: [
    secret,
    `checksum ${secret}`,
    `aws_secret_access_key = ${secret}A`,
    `aws_secret_access_key = ${tokens.hex(40)}`,
    `aws_secret_access_key = \${AWS_SECRET_ACCESS_KEY}`,
    `aws_secret_access_key =\n${secret}`,
    `AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/${'bPxRfiCY'}EXAMPLEKEY`,
    `Asia ${secret}`,
  ],
};
