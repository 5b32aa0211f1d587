import type { RuleCases } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(31);
const password = tokens.body(12);
const at = (rest: string, value: string) => `amqp://${rest.replace('*', value)}`;

export const cases: RuleCases = {
  positives: [
    ...['changeit', 'foobar', 'hunter'].map((value) => ({
      text: at('app:*@queue.internal:5672', value),
      value,
    })),
    ...['%s:%d', '{host}:5672', '$HOST', '127.0.0.1:%d', '[::1]:5672'].map((host) => ({
      text: `url = "${at(`app:*@${host}`, password)}"`,
      value: password,
    })),
  ],
  negatives: [
    at('app@queue.internal', ''),
    at('app:@queue.internal', ''),
    at('queue.internal:5672/a@b', ''),
    at('app:*@queue.internal', 'xxxxxx'),
    at('app:*@queue.internal', `\${PASSWORD}`),
    at('app:*@queue.internal', '<password>'),
    at('app:*@queue.internal', 'pw'),
    at('app:*@queue.internal', '%s'),
    at('app:5672@queue.internal', ''),
    at('app:* @queue.internal', password),
    `see :// and app:${password}@host`,
  ],
};
