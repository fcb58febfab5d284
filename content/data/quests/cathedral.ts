import type { Quest } from '../../schema/quest.ts';

export const cathedralQuests: readonly Quest[] = [
  {
    id: 'seventeen-seconds',
    name: 'Seventeen Seconds',
    summary: 'The Choir repeats one fragment. Deacon Null believes that it is a question, and wants it in full.',
    level: 23,
    requiredLevel: 20,
    prerequisites: ['directors-cut'],
    giver: { zone: 'null-cathedral', point: 'deacon-null' },
    turnIn: { zone: 'null-cathedral', point: 'deacon-null' },
    autoComplete: false,
    repeat: 'once',
    objectives: [
      {
        kind: 'collect',
        id: 'record-the-hymn',
        text: 'Collect hymn recordings',
        match: { items: ['hymn-recording'], itemKind: null, minQuality: null },
        count: 7,
      },
      {
        kind: 'kill',
        id: 'quiet-the-nave',
        text: 'Silence acolytes and penitents',
        npcs: ['choir-acolyte', 'drowned-penitent'],
        count: 20,
      },
    ],
    rewards: {
      xp: 12_000,
      items: [{ item: 'phoenix-ampoule', count: 3 }],
      choice: [
        { item: 'litany-rifle', count: 1 },
        { item: 'pale-conductor', count: 1 },
        { item: 'choir-vestment', count: 1 },
      ],
    },
  },
  {
    id: 'last-rites',
    name: 'Last Rites',
    summary: 'Whatever conducts the Choir has begun to improvise. End the service before the city joins in.',
    level: 30,
    requiredLevel: 27,
    prerequisites: ['seventeen-seconds'],
    giver: { zone: 'null-cathedral', point: 'deacon-null' },
    turnIn: { zone: 'null-cathedral', point: 'deacon-null' },
    autoComplete: false,
    repeat: 'weekly',
    objectives: [
      { kind: 'kill', id: 'ground-the-seraphs', text: 'Defeat Choir seraphs', npcs: ['choir-seraph'], count: 3 },
      { kind: 'kill', id: 'stop-the-cantor', text: 'Defeat the Cantor', npcs: ['the-cantor'], count: 1 },
    ],
    rewards: {
      xp: 16_000,
      items: [{ item: 'choir-fragment', count: 3 }],
      choice: [
        { item: 'fusion-bead', count: 8 },
        { item: 'optic-bundle', count: 12 },
      ],
    },
  },
];
