import * as z from 'zod';

export const TotpCode = z
  .string()
  .regex(/^\d{6}$/)
  .meta({ description: 'The six digits that the authenticator shows; each is good once', examples: ['123456'] });

export const RecoveryCode = z
  .string()
  .regex(/^[0-9A-Za-z -]{24,48}$/)
  .meta({
    description: 'A recovery code; case, hyphens and blanks do not matter. Each is good once',
    examples: ['7Q2M-K4XV-9H3T-B6WD-1ZRN-C8PE'],
  });

export const RecoveryCodes = z
  .array(z.string())
  .meta({ description: 'Ten codes, each good once in the place of the second factor. Shown now and never again' });

/** What shows the second factor: one of the two. */
export type FactorProof =
  | { readonly code: string; readonly recoveryCode?: undefined }
  | { readonly recoveryCode: string; readonly code?: undefined };
