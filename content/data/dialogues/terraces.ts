import type { Dialogue } from '../../schema/dialogue.ts';

export const terraceDialogues: readonly Dialogue[] = [
  {
    id: 'cold-accounts',
    start: 'lio-hello',
    nodes: [
      {
        id: 'lio-hello',
        speaker: 'Auditor Lio',
        text: 'You are not from Compliance. You looked at the exits first. What did Oduya tell you?',
        choices: [
          {
            id: 'bluff',
            text: '[Persuasion] Enough that you want me on your side.',
            next: 'lio-total',
            check: { skill: 'persuasion', attribute: 'presence', difficulty: 32, failNode: 'lio-careful' },
          },
          { id: 'be-honest', text: 'Only a name: yours.', next: 'lio-careful', check: null },
        ],
      },
      {
        id: 'lio-careful',
        speaker: 'Auditor Lio',
        text: 'Honest and unprepared. I have had worse partners. Show me the first shard.',
        choices: [{ id: 'show-shard', text: 'Show what you have.', next: 'lio-total', check: null }],
      },
      {
        id: 'lio-total',
        speaker: 'Auditor Lio',
        text: 'It adds up to a cathedral. They have been paying for the power of a building that drowned forty years ago.',
        choices: [{ id: 'nod', text: 'Then I know where I am going.', next: null, check: null }],
      },
    ],
  },
];
