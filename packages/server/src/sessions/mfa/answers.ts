import { z } from 'zod';
import { moment } from '../../http/describe.ts';

export const mfaStatus = z.object({
  enabled: z.boolean(),
  since: moment.nullable(),
  recovery_codes_left: z.int(),
});

export const enrolment = z.object({
  secret: z.string().meta({ description: 'Base32, to be typed.' }),
  uri: z.string().meta({ description: 'The same as an `otpauth://totp/…` address.' }),
  qr_svg: z.string().meta({ description: 'The same as a picture: a self-contained SVG.' }),
});

export const recoveryCodes = z.object({
  recovery_codes: z.array(z.string()).meta({ description: 'Ten, each good once; shown this once.' }),
});
