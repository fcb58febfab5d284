/** Portraits that a player may show beside their display name; the client holds the pictures. */
export const avatarIds = [
  'ash-courier',
  'chrome-saint',
  'dock-rat',
  'ember-medic',
  'ghost-signal',
  'glass-fixer',
  'harbour-wolf',
  'neon-monk',
  'night-driver',
  'paper-tiger',
  'rain-surgeon',
  'static-queen',
] as const;
