import { anticheatRecipes } from './recipes/anticheat.ts';
import { custodyRecipes } from './recipes/custody.ts';
import { guildRecipes } from './recipes/guild.ts';
import { identityRecipes } from './recipes/identity.ts';
import { inventoryRecipes } from './recipes/inventory.ts';
import { lootRecipes } from './recipes/loot.ts';
import { mailRecipes } from './recipes/mail.ts';
import { partyRecipes, readyCheckRecipe } from './recipes/party.ts';
import type { Recipe } from './recipes/recipe.ts';
import { socialRecipes } from './recipes/social.ts';
import { staffRecipes } from './recipes/staff.ts';
import { tradeRecipes } from './recipes/trade.ts';
import { worldRecipes } from './recipes/world.ts';
import { zoneRecipes } from './recipes/zone.ts';

/**
 * What takes hours to come about, such as mail that has arrived: made in the past, before the players of the stage log in.
 * Codes, invitations and step-ups live for minutes and would not outlast it.
 */
export const earlyRecipes: readonly Recipe[] = mailRecipes;

/** Every other preparation, in the order in which they are made: drops lie for minutes only, so what the world leaves comes last. */
export const recipes: readonly Recipe[] = [
  ...socialRecipes,
  ...identityRecipes,
  ...staffRecipes,
  ...inventoryRecipes,
  ...custodyRecipes,
  ...anticheatRecipes,
  ...guildRecipes,
  ...partyRecipes,
  ...tradeRecipes,
  ...worldRecipes,
  ...zoneRecipes,
  ...lootRecipes,
  readyCheckRecipe,
];
