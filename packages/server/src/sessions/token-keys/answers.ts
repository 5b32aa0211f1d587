import { z } from 'zod';

const kid = z.string().meta({ description: 'The thumbprint of the public key (RFC 7638).' });

/** RFC 7517, RFC 8037. */
export const keySet = z.object({
  keys: z.array(
    z.object({
      kty: z.literal('OKP'),
      crv: z.literal('Ed25519'),
      x: z.string().meta({ description: 'The public key, base64url.' }),
      kid,
      use: z.literal('sig'),
      alg: z.literal('EdDSA'),
    }),
  ),
});

export const rotatedKey = z.object({ kid });
