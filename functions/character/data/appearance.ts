/** How many choices there are of each feature; a choice is a number from 0. */
export const appearanceChoices = {
  build: 5,
  skin: 12,
  face: 24,
  hair: 32,
  hairColour: 20,
  eyes: 16,
  chrome: 12,
  voice: 6,
} as const;
