import type * as z from 'zod';
import { abilities } from './abilities.ts';
import { achievements } from './achievements.ts';
import { behaviours } from './behaviours.ts';
import { classes } from './classes.ts';
import { crossCheck } from './cross-check.ts';
import { currencies, systemAccounts } from './currencies.ts';
import { dialogues } from './dialogues.ts';
import { items } from './items.ts';
import { levels } from './levels.ts';
import { lootTables } from './loot-tables.ts';
import { npcs } from './npcs.ts';
import { quests } from './quests.ts';
import { Ability } from './schema/ability.ts';
import { Achievement } from './schema/achievement.ts';
import { Behaviour } from './schema/behaviour.ts';
import { CharacterClass } from './schema/class.ts';
import { Currency, SystemAccountRow } from './schema/currency.ts';
import { Dialogue } from './schema/dialogue.ts';
import { ItemTemplate } from './schema/item.ts';
import { Level } from './schema/level.ts';
import { LootTable } from './schema/loot-table.ts';
import { NpcKind } from './schema/npc.ts';
import { Quest } from './schema/quest.ts';
import { Vendor } from './schema/vendor.ts';
import { Zone } from './schema/zone.ts';
import { vendors } from './vendors.ts';
import { zones } from './zones.ts';

/** All content at once: for the build, tools and tests. Functions import the single kinds that they use. */
export interface Catalogue {
  readonly abilities: readonly Ability[];
  readonly achievements: readonly Achievement[];
  readonly behaviours: readonly Behaviour[];
  readonly classes: readonly CharacterClass[];
  readonly currencies: readonly Currency[];
  readonly dialogues: readonly Dialogue[];
  readonly items: readonly ItemTemplate[];
  readonly levels: readonly Level[];
  readonly lootTables: readonly LootTable[];
  readonly npcs: readonly NpcKind[];
  readonly quests: readonly Quest[];
  readonly systemAccounts: readonly SystemAccountRow[];
  readonly vendors: readonly Vendor[];
  readonly zones: readonly Zone[];
}

export const catalogue: Catalogue = {
  abilities: abilities.all,
  achievements: achievements.all,
  behaviours: behaviours.all,
  classes: classes.all,
  currencies: currencies.all,
  dialogues: dialogues.all,
  items: items.all,
  levels,
  lootTables: lootTables.all,
  npcs: npcs.all,
  quests: quests.all,
  systemAccounts: systemAccounts.all,
  vendors: vendors.all,
  zones: zones.all,
};

const schemas: { readonly [K in keyof Catalogue]: z.ZodType } = {
  abilities: Ability,
  achievements: Achievement,
  behaviours: Behaviour,
  classes: CharacterClass,
  currencies: Currency,
  dialogues: Dialogue,
  items: ItemTemplate,
  levels: Level,
  lootTables: LootTable,
  npcs: NpcKind,
  quests: Quest,
  systemAccounts: SystemAccountRow,
  vendors: Vendor,
  zones: Zone,
};

/** What is wrong with a catalogue, one line each; empty when it is sound. */
export function problemsOf(content: Catalogue): readonly string[] {
  const malformed = Object.entries(schemas).flatMap(([kind, schema]) =>
    content[kind as keyof Catalogue].flatMap((row, index) => {
      const outcome = schema.safeParse(row);
      const name = 'id' in row ? row.id : `#${index}`;
      return outcome.success
        ? []
        : outcome.error.issues.map((issue) => `${kind}/${name}: ${issue.path.join('.')}: ${issue.message}`);
    }),
  );
  return malformed.length > 0 ? malformed : crossCheck(content);
}

/**
 * Validates all content: every row against its schema, every reference, weight and curve. The build calls it, so that
 * functions may trust content at runtime.
 * @throws Error that lists every problem.
 */
export function validateContent(): void {
  const problems = problemsOf(catalogue);
  if (problems.length > 0) throw new Error(`content is not sound:\n${problems.join('\n')}`);
}
