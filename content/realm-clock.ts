/** The zone on whose clock days and weeks of the game turn. */
export const REALM_TIME_ZONE = 'Europe/Berlin';
