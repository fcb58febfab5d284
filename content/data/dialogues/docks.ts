import type { Dialogue } from '../../schema/dialogue.ts';

export const dockDialogues: readonly Dialogue[] = [
  {
    id: 'first-salvage',
    start: 'marlow-hello',
    nodes: [
      {
        id: 'marlow-hello',
        speaker: 'Old Marlow',
        text: 'New chassis, same rain. The drones on the slipway are picking my crane clean. You any good with your hands?',
        choices: [
          { id: 'ask-pay', text: 'Good enough. What does it pay?', next: 'marlow-pay', check: null },
          {
            id: 'read-the-crane',
            text: '[Engineering] That crane’s slew ring is about to seize.',
            next: 'marlow-impressed',
            check: { skill: 'engineering', attribute: 'tech', difficulty: 18, failNode: 'marlow-shrugs' },
          },
        ],
      },
      {
        id: 'marlow-pay',
        speaker: 'Old Marlow',
        text: 'Spray for your bruises and a word in the right ear. Bring me one memory core and we will see.',
        choices: [{ id: 'agree', text: 'One core, then.', next: null, check: null }],
      },
      {
        id: 'marlow-impressed',
        speaker: 'Old Marlow',
        text: 'Well. Somebody who listens to bearings. Bring the core, and I will remember your name.',
        choices: [{ id: 'agree', text: 'One core, then.', next: null, check: null }],
      },
      {
        id: 'marlow-shrugs',
        speaker: 'Old Marlow',
        text: 'That ring will outlive us both. Bring a core, and keep the diagnoses for the drones.',
        choices: [{ id: 'agree', text: 'One core, then.', next: null, check: null }],
      },
    ],
  },
  {
    id: 'signal-in-the-salt',
    start: 'ilex-hello',
    nodes: [
      {
        id: 'ilex-hello',
        speaker: 'Sister Ilex',
        text: 'You hear it too, don’t you? No. Of course not. Then hold still, I only have the one needle.',
        choices: [
          {
            id: 'persuade',
            text: '[Persuasion] Whatever it said, you can tell me.',
            next: 'ilex-truth',
            check: { skill: 'persuasion', attribute: 'presence', difficulty: 20, failNode: 'ilex-doubt' },
          },
          { id: 'be-patient', text: 'Take your time.', next: 'ilex-doubt', check: null },
        ],
      },
      {
        id: 'ilex-doubt',
        speaker: 'Sister Ilex',
        text: 'Everybody is kind until the bill. Fine: sit, and do not interrupt.',
        choices: [{ id: 'sit', text: 'Sit down and listen.', next: 'ilex-truth', check: null }],
      },
      {
        id: 'ilex-truth',
        speaker: 'Sister Ilex',
        text: 'It counts my patients. It was right about every one that died. Clear the crawlers out and bring me what grows on them.',
        choices: [{ id: 'promise', text: 'I will look at those pipes.', next: null, check: null }],
      },
    ],
  },
  {
    id: 'borrowed-badges',
    start: 'oduya-hello',
    nodes: [
      {
        id: 'oduya-hello',
        speaker: 'Captain Oduya',
        text: 'Close the door. Two of my sergeants bought boats this month. I can’t arrest a boat.',
        choices: [
          {
            id: 'trace-the-seal',
            text: '[Intrusion] Let me see how the seal was signed.',
            next: 'oduya-name',
            check: { skill: 'intrusion', attribute: 'intellect', difficulty: 22, failNode: 'oduya-slow' },
          },
          { id: 'ask-around', text: 'I will ask around.', next: 'oduya-slow', check: null },
        ],
      },
      {
        id: 'oduya-slow',
        speaker: 'Captain Oduya',
        text: 'Then ask quietly. Start with whoever drinks with the customs clerks and pays.',
        choices: [{ id: 'report-back', text: 'One name keeps coming up.', next: 'oduya-name', check: null }],
      },
      {
        id: 'oduya-name',
        speaker: 'Captain Oduya',
        text: 'Brannock. I signed his commission. Bring me the paper, all of it, before he burns it.',
        choices: [{ id: 'go', text: 'You will have it.', next: null, check: null }],
      },
    ],
  },
];
