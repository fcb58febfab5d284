import type { Catalogue } from './catalogue.ts';
import { checkAbilities } from './checks/abilities.ts';
import { checkBehaviours, checkEncounters } from './checks/behaviours.ts';
import { indexOf } from './checks/index-of.ts';
import { checkAchievements, checkItems, checkLootTables } from './checks/items.ts';
import { checkDialogues, checkQuests } from './checks/quests.ts';
import { Report } from './checks/report.ts';
import { checkVendors } from './checks/vendors.ts';
import { checkClasses, checkLevels, checkNpcs, checkZones } from './checks/world.ts';
import { checkEvents, checkObjects } from './checks/world-events.ts';

/** What no single row can show: references, orphans, reachability, curves. One line for each problem. */
export function crossCheck(content: Catalogue): readonly string[] {
  const report = new Report();
  const index = indexOf(content);
  for (const [kind, rows] of Object.entries(content) as [string, readonly object[]][]) {
    const ids = rows.flatMap((row) => ('id' in row ? String(row.id) : []));
    report.expectUnique(ids, kind, 'id');
  }
  checkItems(content, index, report);
  checkLootTables(content, index, report);
  checkAchievements(content, index, report);
  checkNpcs(content, index, report);
  checkBehaviours(content, index, report);
  checkEncounters(content, index, report);
  checkZones(content, index, report);
  checkObjects(content, index, report);
  checkEvents(content, index, report);
  checkClasses(content, index, report);
  checkAbilities(content, report);
  checkLevels(content, report);
  checkQuests(content, index, report);
  checkDialogues(content, index, report);
  checkVendors(content, index, report);
  return report.lines;
}
