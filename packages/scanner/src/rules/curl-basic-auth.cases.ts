import type { RuleCases } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(34);
const value = tokens.password();

export const cases: RuleCases = {
  positives: [
    `curl -u deploy:${value} https://host.test`,
    `curl -s -u 'deploy:${value}' https://host.test`,
    `$ curl --user "deploy:${value}" https://host.test`,
    `curl -udeploy:${value} https://host.test`,
    `curl --user=deploy:${value} https://host.test`,
    `http -a deploy:${value} host.test`,
  ].map((text) => ({ text, value })),
  negatives: [
    'curl -u deploy https://host.test',
    'curl -u $USER:$PASSWORD https://host.test',
    'curl -u deploy:<password> https://host.test',
    'curl -u deploy:password https://host.test',
    'curl -u deploy:your-password-1 https://host.test',
    'curl -u deploy: https://host.test',
    `docker run -u deploy:${value} image`,
    `curl https://host.test; docker run -u deploy:${value} image`,
    'curl -u https://host.test/path1',
  ],
};
