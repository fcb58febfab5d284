export const consentDocumentIds = ['terms', 'privacy', 'marketing', 'analytics'] as const;
export type ConsentDocumentId = (typeof consentDocumentIds)[number];

/**
 * What players are asked to agree to. A new text gets a new version; an agreement to an older one then shows as outdated,
 * and the client asks again. Required ones cannot be withdrawn while the account lasts.
 */
export const consentDocuments: Readonly<
  Record<ConsentDocumentId, { readonly version: string; readonly required: boolean }>
> = {
  terms: { version: '2026-11-01', required: true },
  privacy: { version: '2026-11-01', required: true },
  marketing: { version: '2026-11-01', required: false },
  analytics: { version: '2026-11-01', required: false },
};
