import { z } from 'zod';
import { text } from '../../http/input.ts';

/** Of the app or a recovery code, with some spaces. */
const code = text({ max: 64 });

export const confirmation = z.strictObject({ code });

export const proofAgain = z.strictObject({ password: text({ max: 1024 }), code });
