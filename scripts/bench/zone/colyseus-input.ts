/** Number of the input message of the Colyseus room; a number takes a byte where a name takes several. */
export const COLYSEUS_INPUT = 1;
