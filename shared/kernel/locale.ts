import * as z from 'zod';

/** Languages that the game speaks to players. */
export const locales = ['en', 'ru'] as const;
export type Locale = (typeof locales)[number];

export const LocaleCode = z.enum(locales).meta({ description: 'Language of mails and notices' });
