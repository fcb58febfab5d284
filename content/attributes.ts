/** What a character is made of; attribute points go here. */
export const attributeIds = ['body', 'reflex', 'tech', 'intellect', 'presence'] as const;

/** What a character has learnt; dialogue checks and abilities ask for these. */
export const skillIds = [
  'melee',
  'firearms',
  'intrusion',
  'engineering',
  'medicine',
  'stealth',
  'persuasion',
  'scavenging',
] as const;
