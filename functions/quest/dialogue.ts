import { createHash } from 'node:crypto';
import type { attributeIds, skillIds } from '#content/attributes.ts';
import { dialogues } from '#content/dialogues.ts';
import { GameError } from '#shared/contract/errors.ts';
import { begin, type Quest, type QuestRun, reach } from './rules.ts';

type Dialogue = (typeof dialogues.all)[number];
export type DialogueNode = Dialogue['nodes'][number];

type AttributeId = (typeof attributeIds)[number];
type SkillId = (typeof skillIds)[number];

/** What a character brings to a skill check. */
export interface Sheet {
  readonly attributes: Readonly<Record<AttributeId, number>>;
  readonly skills: Readonly<Record<SkillId, number>>;
}

/** How a skill check came out. */
export interface CheckOutcome {
  readonly skillId: SkillId;
  readonly attributeId: AttributeId;
  readonly difficulty: number;
  readonly roll: number;
  /** Skill, attribute and roll together. */
  readonly total: number;
  readonly passed: boolean;
}

/** Sides of the die that a skill check rolls. */
export const DIE_SIDES = 20;

/**
 * The roll of one choice in one run of a quest: the same however often it is asked for, so that a retry cannot better
 * it, and unknown to the player, because the seed never leaves the server.
 */
export function rollOf(seed: string, nodeId: string, choiceId: string): number {
  const digest = createHash('sha256').update(`${seed}.${nodeId}.${choiceId}`).digest();
  return 1 + (digest.readUInt32BE(0) % DIE_SIDES);
}

/** @throws GameError `quest.no_dialogue` */
function dialogueOf(quest: Quest): Dialogue {
  const dialogue = dialogues.find(quest.id);
  if (!dialogue) throw new GameError('quest.no_dialogue');
  return dialogue;
}

/** The node where the talk stands; undefined while nobody talks, and for a node that content has retired. */
export function currentNode(run: Pick<QuestRun, 'node'>, quest: Quest): DialogueNode | undefined {
  return dialogues.find(quest.id)?.nodes.find((node) => node.id === run.node);
}

/** A quest just accepted; its talk, if it has one, stands at the first node. */
export function accepted(quest: Quest, run: Parameters<typeof begin>[1]): QuestRun {
  const begun = begin(quest, run);
  const dialogue = dialogues.find(quest.id);
  return dialogue ? { ...reach(begun, quest, dialogue.start), version: begun.version } : begun;
}

/**
 * Begins the talk anew, from its first node.
 * @throws GameError `quest.no_dialogue`
 */
export function open(run: QuestRun, quest: Quest): QuestRun {
  return reach(run, quest, dialogueOf(quest).start);
}

/**
 * The run after a choice: at the next node, at the one for a failed check, or with the talk over.
 * @throws GameError `quest.no_dialogue`, `quest.dialogue_moved` when the talk is not at that node,
 * `quest.choice_unknown`
 */
export function choose(
  run: QuestRun,
  quest: Quest,
  at: { readonly nodeId: string; readonly choiceId: string },
  sheet: Sheet,
): { readonly run: QuestRun; readonly check: CheckOutcome | undefined } {
  dialogueOf(quest);
  const node = currentNode(run, quest);
  if (node?.id !== at.nodeId) throw new GameError('quest.dialogue_moved', node ? { nodeId: node.id } : {});
  const choice = node.choices.find((candidate) => candidate.id === at.choiceId);
  if (!choice) throw new GameError('quest.choice_unknown');

  let next = choice.next;
  let outcome: CheckOutcome | undefined;
  if (choice.check) {
    const { skill, attribute, difficulty, failNode } = choice.check;
    const roll = rollOf(run.seed, node.id, choice.id);
    const total = sheet.skills[skill] + sheet.attributes[attribute] + roll;
    outcome = { skillId: skill, attributeId: attribute, difficulty, roll, total, passed: total >= difficulty };
    if (!outcome.passed) next = failNode;
  }
  const after = next === null ? { ...run, node: undefined, version: run.version + 1 } : reach(run, quest, next);
  return { run: after, check: outcome };
}
