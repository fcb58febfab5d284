/** Worlds that share nothing but the account. */
export const realms = [{ id: 'glasswater', name: 'Glasswater' }] as const;

export const DEFAULT_REALM = realms[0].id;

/** Characters of one account on one realm. */
export const SLOTS_PER_REALM = 10;
