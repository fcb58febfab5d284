import type { Catalogue } from '../catalogue.ts';
import type { Dialogue } from '../schema/dialogue.ts';
import type { Quest } from '../schema/quest.ts';
import type { ContentIndex } from './index-of.ts';
import type { Report } from './report.ts';

/** Quests resolve, can be reached in some order, and can be finished with what the world holds. */
export function checkQuests(content: Catalogue, index: ContentIndex, report: Report): void {
  for (const quest of content.quests) {
    const where = `quests/${quest.id}`;
    checkChain(quest, index, where, report);
    checkObjectives(quest, index, where, report);
    for (const place of [quest.giver, quest.turnIn]) {
      const point = index.zones.get(place.zone)?.points.find((candidate) => candidate.id === place.point);
      report.expect(point?.kind === 'quest-giver', where, `"${place.point}" is no quest giver of ${place.zone}`);
    }
    for (const reward of [...quest.rewards.items, ...quest.rewards.choice]) {
      const item = index.items.get(reward.item);
      report.expect(item !== undefined, where, `there is no item "${reward.item}"`);
      report.expect(!item || reward.count <= item.maxStack, where, `${reward.item} comes in more than one stack`);
    }
    report.expectUnique(
      quest.rewards.choice.map((reward) => reward.item),
      where,
      'choice of reward',
    );
    report.expect(quest.rewards.choice.length !== 1, where, 'a choice of one is no choice');
    report.expect(
      !quest.autoComplete || quest.rewards.choice.length === 0,
      where,
      'it rewards by itself but asks to choose',
    );
  }
  const reached = new Set<string>();
  for (let before = -1; before < reached.size; ) {
    before = reached.size;
    for (const quest of content.quests) if (quest.prerequisites.every((id) => reached.has(id))) reached.add(quest.id);
  }
  for (const quest of content.quests) {
    report.expect(reached.has(quest.id), `quests/${quest.id}`, 'its prerequisites can never be met');
  }
}

function checkChain(quest: Quest, index: ContentIndex, where: string, report: Report): void {
  report.expectUnique(quest.prerequisites, where, 'prerequisite');
  for (const id of quest.prerequisites) {
    const earlier = index.quests.get(id);
    report.expect(earlier !== undefined, where, `there is no quest "${id}"`);
    report.expect(!earlier || earlier.requiredLevel <= quest.requiredLevel, where, `"${id}" needs a higher level`);
  }
  report.expect(quest.requiredLevel <= quest.level, where, 'it is offered only above the level that it is made for');
}

function checkObjectives(quest: Quest, index: ContentIndex, where: string, report: Report): void {
  report.expectUnique(
    quest.objectives.map((objective) => objective.id),
    where,
    'objective',
  );
  for (const objective of quest.objectives) {
    if (objective.kind === 'kill') {
      for (const id of objective.npcs) report.expect(index.spawned.has(id), where, `no zone spawns "${id}"`);
    } else if (objective.kind === 'collect') {
      const { items, itemKind } = objective.match;
      for (const id of items) report.expect(index.droppable.has(id), where, `"${id}" never drops`);
      const any = [...index.droppable].some((id) => itemKind === null || index.items.get(id)?.kind === itemKind);
      report.expect(any, where, `nothing of kind ${itemKind} drops`);
    } else if (objective.kind === 'visit') {
      report.expect(index.zones.has(objective.zone), where, `there is no zone "${objective.zone}"`);
      const { point } = objective;
      const place = index.zones.get(objective.zone)?.points.find(({ id }) => id === point);
      report.expect(point === null || place?.kind === 'landmark', where, `"${point}" is no landmark of its zone`);
      report.expect(objective.count === 1, where, 'a visit counts once');
    } else if (objective.kind === 'use') {
      const object = index.objects.get(objective.object);
      report.expect(object !== undefined, where, `no zone has an object "${objective.object}"`);
      const isOpen = !object || object.quest === null || object.quest === quest.id;
      report.expect(isOpen, where, `"${objective.object}" is for another quest alone`);
      report.expect(objective.count === 1, where, 'the use of an object counts once');
    } else if (objective.kind === 'event' || objective.kind === 'escort') {
      const event = index.events.get(objective.event);
      report.expect(event !== undefined, where, `no zone has an event "${objective.event}"`);
      report.expect(objective.count === 1, where, 'an event counts once');
      const isEscort = event?.escort !== null;
      report.expect(
        !event || isEscort === (objective.kind === 'escort'),
        where,
        'an escort has somebody to bring along',
      );
    } else {
      const exists = index.dialogues.get(quest.id)?.nodes.some((node) => node.id === objective.node);
      report.expect(exists === true, where, `its dialogue has no node "${objective.node}"`);
      report.expect(objective.count === 1, where, 'a talk counts once');
    }
  }
}

/** Every talk is about a quest, every node of it is reached, every choice leads somewhere, and it can end. */
export function checkDialogues(content: Catalogue, index: ContentIndex, report: Report): void {
  for (const dialogue of content.dialogues) {
    report.expect(index.quests.has(dialogue.id), `dialogues/${dialogue.id}`, 'there is no such quest');
    checkDialogue(dialogue, `dialogues/${dialogue.id}`, report);
  }
}

function checkDialogue(dialogue: Dialogue, where: string, report: Report): void {
  const nodes = new Map(dialogue.nodes.map((node) => [node.id, node]));
  report.expectUnique(
    dialogue.nodes.map((node) => node.id),
    where,
    'dialogue node',
  );
  report.expect(nodes.has(dialogue.start), where, `it has no node "${dialogue.start}"`);
  const reached = new Set([dialogue.start]);
  let ends = false;
  for (const id of reached) {
    const node = nodes.get(id);
    if (!node) continue;
    report.expectUnique(
      node.choices.map((choice) => choice.id),
      `${where}/${id}`,
      'choice',
    );
    if (node.choices.length === 0) ends = true;
    for (const choice of node.choices) {
      if (choice.next === null) ends = true;
      for (const target of [choice.next, choice.check?.failNode]) {
        if (target === null || target === undefined) continue;
        report.expect(nodes.has(target), where, `it leads to "${target}", which does not exist`);
        reached.add(target);
      }
      report.expect(choice.check === null || choice.next !== null, where, `check of "${choice.id}" leads nowhere`);
    }
  }
  report.expect(ends, where, 'it never ends');
  for (const node of dialogue.nodes) report.expect(reached.has(node.id), where, `nothing leads to "${node.id}"`);
}
