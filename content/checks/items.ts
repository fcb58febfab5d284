import type { Catalogue } from '../catalogue.ts';
import { MAX_LOOT_SLOTS } from '../loot-limits.ts';
import { qualityRank } from '../quality.ts';
import type { ContentIndex } from './index-of.ts';
import type { Report } from './report.ts';

/** Items are consistent in themselves, and each can be had by somebody. */
export function checkItems(content: Catalogue, index: ContentIndex, report: Report): void {
  const asked = new Set(
    content.quests.flatMap((quest) =>
      quest.objectives.flatMap((objective) => (objective.kind === 'collect' ? objective.match.items : [])),
    ),
  );
  for (const item of content.items) {
    const where = `items/${item.id}`;
    const worn = item.kind === 'weapon' || item.kind === 'armour' || item.kind === 'implant';
    report.expect(worn === (item.slot !== null), where, 'weapons, armour and implants have a slot, nothing else has');
    report.expect(
      item.kind !== 'implant' || !!item.slot?.startsWith('implant-'),
      where,
      'an implant has an implant slot',
    );
    report.expect((item.kind === 'weapon') === (item.weapon !== null), where, 'weapons, and only they, have damage');
    report.expect(
      (item.kind === 'consumable') === (item.use !== null),
      where,
      'consumables, and only they, have a use',
    );
    report.expect(
      (item.kind === 'quest') === (item.bind === 'quest'),
      where,
      'quest items, and only they, bind to quests',
    );
    report.expect(!worn || item.maxStack === 1, where, 'what is worn does not stack');
    report.expect(
      !item.charges || (item.use !== null && item.maxStack === 1),
      where,
      'charges are of single usable things',
    );
    report.expect(!item.lifetimeSeconds || item.maxStack === 1, where, 'what expires does not stack');
    report.expect(worn || item.durability === 0, where, 'only what is worn wears out');
    report.expect(!item.weapon || item.weapon.minDamage <= item.weapon.maxDamage, where, 'damage is a range');
    report.expectUnique(item.classes, where, 'class');
    report.expect(index.obtainable.has(item.id), where, 'nobody can come by it');
    report.expect(item.kind !== 'quest' || asked.has(item.id), where, 'no quest asks for it');
  }
  report.expect(
    [...index.droppable].some((id) => index.items.get(id)?.quality === 'legendary'),
    'items',
    'no legendary item drops anywhere',
  );
}

/** Tables resolve, fit a corpse, can always finish their draws, and belong to an NPC. */
export function checkLootTables(content: Catalogue, index: ContentIndex, report: Report): void {
  const held = [...index.objects.values()].flatMap(({ effect }) => (effect.kind === 'loot' ? [effect.lootTable] : []));
  const used = new Set([...content.npcs.map((npc) => npc.lootTable), ...held]);
  for (const table of content.lootTables) {
    const where = `lootTables/${table.id}`;
    report.expect(used.has(table.id), where, 'no NPC and no object has it');
    for (const entry of [...table.guaranteed, ...table.weighted]) {
      report.expect(entry.count.min <= entry.count.max, where, `count of ${entry.item} is a range`);
      if (entry.item === null) continue;
      const item = index.items.get(entry.item);
      report.expect(item !== undefined, where, `there is no item "${entry.item}"`);
      report.expect(!item || entry.count.max <= item.maxStack, where, `${entry.item} comes in more than one stack`);
    }
    report.expectUnique(
      table.guaranteed.map((entry) => entry.item),
      where,
      'guaranteed item',
    );
    report.expectUnique(
      table.weighted.map((entry) => entry.item ?? '(nothing)'),
      where,
      'weighted item',
    );
    report.expect(table.rolls.min <= table.rolls.max, where, 'rolls is a range');
    report.expect(table.guaranteed.length + table.rolls.max <= MAX_LOOT_SLOTS, where, 'it may overflow a corpse');
    report.expect(
      table.weighted.length * table.maxRepeats >= table.rolls.max,
      where,
      'maxRepeats leaves too few entries for its rolls',
    );
    report.expect(table.guaranteed.length > 0 || table.weighted.length > 0, where, 'it is empty');
  }
}

/** An achievement can be earned by what the world holds. */
export function checkAchievements(content: Catalogue, index: ContentIndex, report: Report): void {
  for (const { id, criterion } of content.achievements) {
    const where = `achievements/${id}`;
    if (criterion.kind === 'kill') {
      const possible = content.npcs.some(
        (npc) =>
          index.spawned.has(npc.id) &&
          (criterion.npc === null || npc.id === criterion.npc) &&
          (criterion.rank === null || npc.rank === criterion.rank) &&
          (criterion.faction === null || npc.faction === criterion.faction),
      );
      report.expect(possible, where, 'no NPC in the world counts for it');
    } else if (criterion.kind === 'pick-up') {
      const { itemKind, minQuality } = criterion;
      const possible = [...index.droppable].some((itemId) => {
        const item = index.items.get(itemId);
        return (
          item &&
          (itemKind === null || item.kind === itemKind) &&
          (minQuality === null || qualityRank(item.quality) >= qualityRank(minQuality))
        );
      });
      report.expect(possible, where, 'nothing that drops counts for it');
    } else if (criterion.kind === 'quest') {
      report.expect(
        criterion.quest === null || index.quests.has(criterion.quest),
        where,
        `there is no quest "${criterion.quest}"`,
      );
    } else {
      report.expect(criterion.target <= content.levels.length, where, 'nobody reaches that level');
    }
  }
}
