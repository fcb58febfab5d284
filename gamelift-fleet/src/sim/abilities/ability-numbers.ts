/** Abilities are numbered in a byte; the last numbers are for what nobody uses but what shows on bodies. */
export const SICKNESS_ABILITY = 255;
export const TONIC_ABILITY = 254;
/** A cast of this one is the use of an object. */
export const USE_OBJECT = 253;
/** An ability's index is below this. */
export const MAX_ABILITIES = 250;
