import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classes } from '#content/classes.ts';
import { quests } from '#content/quests.ts';
import { createId } from '#shared/kernel/ids.ts';
import { accepted, choose, currentNode, DIE_SIDES, open, rollOf } from './dialogue.ts';

const salvage = quests.get('first-salvage');
const signal = quests.get('signal-in-the-salt');
const owner = { characterId: createId('chr'), accountId: createId('acc'), acceptedAtMs: 0 };
const sheet = classes.get('patcher');
const start = { nodeId: 'ilex-hello', choiceId: 'persuade' };

/** A seed with which the first check of “Signal in the Salt” rolls so. */
function seedRolling(roll: number): string {
  for (let n = 0; ; n += 1) if (rollOf(`seed-${n}`, start.nodeId, start.choiceId) === roll) return `seed-${n}`;
}

describe('a talk', () => {
  it('stands at its first node when the quest is accepted', () => {
    expect(currentNode(accepted(signal, { ...owner, seed: 's' }), signal)?.id).toBe('ilex-hello');
  });

  it('goes on by choices, counts the node that an objective asks for, and ends', () => {
    const first = accepted(signal, { ...owner, seed: 's' });
    const second = choose(first, signal, { nodeId: 'ilex-hello', choiceId: 'be-patient' }, sheet).run;
    const third = choose(second, signal, { nodeId: 'ilex-doubt', choiceId: 'sit' }, sheet).run;
    expect(third).toMatchObject({ node: 'ilex-truth', counters: { 'hear-her-out': 1 } });
    const last = choose(third, signal, { nodeId: 'ilex-truth', choiceId: 'promise' }, sheet).run;
    expect(last.node).toBeUndefined();
    expect([first, second, third, last].map(({ version }) => version)).toEqual([1, 2, 3, 4]);
  });

  it('can be opened again after it ended', () => {
    const ended = { ...accepted(signal, { ...owner, seed: 's' }), node: undefined };
    expect(open(ended, signal).node).toBe('ilex-hello');
  });

  it('refuses a choice of another node, an unknown choice, and a quest without a talk', () => {
    const at = accepted(signal, { ...owner, seed: 's' });
    expect(() => choose(at, signal, { nodeId: 'ilex-truth', choiceId: 'promise' }, sheet)).toThrow(
      'quest.dialogue_moved',
    );
    expect(() => choose(at, signal, { nodeId: 'ilex-hello', choiceId: 'promise' }, sheet)).toThrow(
      'quest.choice_unknown',
    );
    const mute = quests.get('arsenal-of-the-poor');
    const silent = accepted(mute, { ...owner, seed: 's' });
    expect(() => choose(silent, mute, start, sheet)).toThrow('quest.no_dialogue');
    expect(() => open(silent, mute)).toThrow('quest.no_dialogue');
  });
});

describe('a skill check', () => {
  it('passes exactly when skill, attribute and roll reach the difficulty', () => {
    const { skills, attributes } = sheet;
    const needed = 20 - skills.persuasion - attributes.presence;
    for (const [roll, node] of [
      [needed, 'ilex-truth'],
      [needed - 1, 'ilex-doubt'],
    ] as const) {
      const outcome = choose(accepted(signal, { ...owner, seed: seedRolling(roll) }), signal, start, sheet);
      expect(outcome.check).toMatchObject({ roll, passed: roll === needed, difficulty: 20 });
      expect(outcome.run.node).toBe(node);
    }
  });

  it('rolls the same again for the same run, and every side of the die over many', () => {
    const rolls = new Set<number>();
    fc.assert(
      fc.property(fc.string(), (seed) => {
        const roll = rollOf(seed, 'node', 'choice');
        rolls.add(roll);
        expect(rollOf(seed, 'node', 'choice')).toBe(roll);
        expect(roll).toBeGreaterThanOrEqual(1);
        expect(roll).toBeLessThanOrEqual(DIE_SIDES);
      }),
      { numRuns: 2_000 },
    );
    expect(rolls.size).toBe(DIE_SIDES);
  });

  it('cannot fail where it would lead nowhere: every check of content names a node for it', () => {
    const at = accepted(salvage, { ...owner, seed: 's' });
    const weak = { attributes: { ...sheet.attributes, tech: 0 }, skills: { ...sheet.skills, engineering: 0 } };
    const outcome = choose(at, salvage, { nodeId: 'marlow-hello', choiceId: 'read-the-crane' }, weak);
    expect(currentNode(outcome.run, salvage)).toBeDefined();
  });
});
