import type { Catalogue } from '../catalogue.ts';
import type { ContentIndex } from './index-of.ts';
import type { Report } from './report.ts';

/** Every NPC fights somehow, and every way of fighting is somebody's. */
export function checkBehaviours(content: Catalogue, index: ContentIndex, report: Report): void {
  for (const { id, behaviour } of content.npcs)
    report.expect(index.behaviours.has(behaviour), `npcs/${id}`, `there is no behaviour "${behaviour}"`);
  for (const { id, rules } of content.behaviours) {
    for (const { act } of rules) {
      if (act.kind !== 'use' || act.ability === null) continue;
      const isNpcs = index.abilities.get(act.ability)?.class === null;
      report.expect(isNpcs, `behaviours/${id}`, `NPCs have no ability "${act.ability}"`);
    }
    const isUsed = content.npcs.some(({ behaviour }) => behaviour === id);
    report.expect(isUsed, `behaviours/${id}`, 'no NPC behaves so');
  }
}

/** Bosses and only they have an encounter; its phases follow each other, and who is called exists and is no boss. */
export function checkEncounters(content: Catalogue, index: ContentIndex, report: Report): void {
  for (const { id, rank, encounter, abilities } of content.npcs) {
    const where = `npcs/${id}`;
    report.expect((rank === 'boss') === (encounter !== null), where, 'a boss, and nobody else, has an encounter');
    let permille = 1_001;
    let ms = 0;
    for (const [position, { begins, id: phase, summons, abilities: ofPhase }] of (encounter?.phases ?? []).entries()) {
      const isFirst = position === 0;
      report.expect((begins.kind === 'at-once') === isFirst, where, `phase "${phase}" begins at the wrong time`);
      if (begins.kind === 'health-below') {
        report.expect(begins.permille < permille, where, `phase "${phase}" would begin before the one above it`);
        permille = begins.permille;
      } else if (begins.kind === 'after') {
        report.expect(begins.ms > ms, where, `phase "${phase}" would begin before the one above it`);
        ms = begins.ms;
      }
      for (const ability of ofPhase ?? [])
        report.expect(abilities.includes(ability), where, `phase "${phase}" uses "${ability}", which it does not have`);
      for (const { npc } of summons) {
        const helper = index.npcs.get(npc);
        report.expect(helper !== undefined && helper.rank !== 'boss', where, `"${npc}" cannot come to its help`);
      }
    }
  }
}
