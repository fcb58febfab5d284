import type { Encounter } from '../schema/behaviour.ts';

type Phase = Encounter['phases'][number];

function phase(id: string, begins: Phase['begins'], text: string, row: Partial<Phase> = {}): Phase {
  return { id, begins, text, damagePermille: 1_000, abilities: null, summons: [], ...row };
}

const atOnce: Phase['begins'] = { kind: 'at-once' };
const below = (permille: number): Phase['begins'] => ({ kind: 'health-below', permille });
const after = (ms: number): Phase['begins'] => ({ kind: 'after', ms });

/** By the boss that they belong to. */
export const encounters = {
  'mother-rust': {
    phases: [
      phase('court', atOnce, 'Another one for the press.', { abilities: ['hull-slam'] }),
      phase('jaws', below(600), 'Jaws! To me!', { summons: [{ npc: 'rustjaw-brawler', count: 2, radiusM: 6 }] }),
      phase('meltdown', below(250), 'I was scrap before you were born!', { damagePermille: 1_300 }),
    ],
    enrageAfterMs: 480_000,
    enragePermille: 3_000,
    enrageText: 'Enough. The press runs hot.',
    resetText: 'Sweep up what they left.',
  },
  'director-vane': {
    phases: [
      phase('appointment', atOnce, 'You have no appointment.', { abilities: ['audit-lock'] }),
      phase('security', below(750), 'Security to my office, please.', {
        summons: [{ npc: 'combine-sentry', count: 2, radiusM: 8 }],
      }),
      phase('overtime', after(150_000), 'I bill by the minute.', { damagePermille: 1_150 }),
      phase('liquidation', below(300), 'Then we liquidate.', {
        damagePermille: 1_400,
        summons: [{ npc: 'combine-analyst', count: 1, radiusM: 6 }],
      }),
    ],
    enrageAfterMs: 540_000,
    enragePermille: 3_000,
    enrageText: 'This meeting is over.',
    resetText: 'Next, please.',
  },
  'the-cantor': {
    phases: [
      phase('prelude', atOnce, 'Be still. It begins.', { abilities: ['static-wail'] }),
      phase('chorus', below(750), 'Sing with me.', { summons: [{ npc: 'choir-acolyte', count: 3, radiusM: 10 }] }),
      phase('tide', below(500), 'The water remembers you.', {
        damagePermille: 1_150,
        summons: [{ npc: 'drowned-penitent', count: 3, radiusM: 10 }],
      }),
      phase('finale', below(200), 'The last chord has no end.', { damagePermille: 1_500 }),
    ],
    enrageAfterMs: 600_000,
    enragePermille: 4_000,
    enrageText: 'Silence.',
    resetText: 'The echo keeps them.',
  },
} satisfies Record<string, Encounter>;
