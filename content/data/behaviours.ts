import type { Behaviour } from '../schema/behaviour.ts';

type Rule = Behaviour['rules'][number];

function rule(act: Rule['act'], row: Partial<Omit<Rule, 'act'>> = {}): Rule {
  return { when: [], everyMs: 0, once: false, ...row, act };
}

function behaviour(id: string, summary: string, row: Partial<Omit<Behaviour, 'id' | 'summary'>> = {}): Behaviour {
  return { id, summary, rest: 'wander', keepsAwayM: 0, strikes: true, rules: [], ...row };
}

/** Uses what it has, as it is ready. */
const ownAbilities = rule({ kind: 'use', ability: null });

export const behaviourRows: readonly Behaviour[] = [
  behaviour('brawler', 'Closes in and strikes until one of the two lies down.', { rules: [ownAbilities] }),
  behaviour('marksman', 'Shoots from afar and steps back from those who come near.', {
    keepsAwayM: 8,
    rules: [ownAbilities],
  }),
  behaviour('guard', 'Stands at its post, and comes back to it.', { rest: 'stand', rules: [ownAbilities] }),
  behaviour('coward', 'Fights while it goes well, then runs and calls for friends.', {
    rules: [
      rule({ kind: 'call-help', metres: 18 }, { when: [{ kind: 'health-below', permille: 200 }], once: true }),
      rule({ kind: 'flee', ms: 3_000 }, { when: [{ kind: 'health-below', permille: 200 }], once: true }),
    ],
  }),
  behaviour('skittish', 'Runs from everybody who hurts it and never strikes back.', {
    strikes: false,
    rules: [rule({ kind: 'flee', ms: 4_000 }, { when: [{ kind: 'target-within', metres: 14 }], everyMs: 6_000 })],
  }),
  behaviour('adept', 'Lives by its abilities and keeps its distance.', { keepsAwayM: 10, rules: [ownAbilities] }),
  behaviour('mender', 'Mends its friends first, and fights while they are whole.', {
    keepsAwayM: 12,
    rules: [
      rule(
        { kind: 'use', ability: 'hymn-of-mending' },
        { when: [{ kind: 'friend-below', permille: 700, metres: 20 }] },
      ),
      rule({ kind: 'flee', ms: 2_000 }, { when: [{ kind: 'target-within', metres: 4 }], everyMs: 12_000 }),
    ],
  }),
  behaviour('warlord', 'Stands where it rules and fights by its encounter.', { rest: 'stand', rules: [ownAbilities] }),
];
