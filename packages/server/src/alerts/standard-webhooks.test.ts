import { describe, expect, it } from 'vitest';
import { unsignedHeaders, webhookHeaders, webhookKey } from './standard-webhooks.ts';

// The example of the reference libraries: https://github.com/standard-webhooks/standard-webhooks
const PUBLISHED = {
  // memhold:allow stripe-webhook-secret -- published with the specification
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  time: 1_614_265_330_000,
  body: '{"test": 2432232314}',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};

describe('a signed delivery', () => {
  it('has the signature of the published example', () => {
    expect(webhookHeaders(webhookKey(PUBLISHED.secret), PUBLISHED)).toEqual({
      'webhook-id': PUBLISHED.id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': PUBLISHED.signature,
    });
  });

  it('is the same without the prefix of the secret', () => {
    expect(webhookKey(PUBLISHED.secret.slice(6))).toEqual(webhookKey(PUBLISHED.secret));
  });

  it('takes a secret that is no base64 byte by byte', () => {
    expect(webhookKey('not base64, but long enough').toString()).toBe('not base64, but long enough');
  });

  it('covers id, time and body', () => {
    const key = webhookKey(PUBLISHED.secret);
    const changes = [{ id: 'msg_2' }, { time: 1_614_265_331_000 }, { body: '{"test": 2432232315}' }];
    for (const change of changes)
      expect(webhookHeaders(key, { ...PUBLISHED, ...change })['webhook-signature']).not.toBe(
        PUBLISHED.signature,
      );
  });

  it('without a secret names itself, and has no signature', () => {
    expect(unsignedHeaders(PUBLISHED)).toEqual({
      'webhook-id': PUBLISHED.id,
      'webhook-timestamp': '1614265330',
    });
  });
});
