import type { Catalogue } from '../catalogue.ts';
import { type Ability, AbilityEffect } from '../schema/ability.ts';
import type { Report } from './report.ts';

/** Enough for every class to have something to do, and to show at the first levels. */
const FEWEST_OF_A_CLASS = 6;
const HARMFUL: readonly AbilityEffect['kind'][] = ['damage', 'damage-over-time', 'control', 'debuff', 'taunt'];
const allKinds = AbilityEffect.options.map(({ shape }) => shape.kind.value);

/** Abilities say one thing: whom they are for, that their figures are ranges, and that their class can pay for them. */
export function checkAbilities(content: Catalogue, report: Report): void {
  for (const ability of content.abilities) checkAbility(ability, report);
  const ofClasses = content.abilities.filter((ability) => ability.class !== null);
  for (const kind of allKinds) {
    const isUsed = ofClasses.some(({ effects }) => effects.some((effect) => effect.kind === kind));
    report.expect(isUsed, 'abilities', `no class has an ability of kind "${kind}"`);
  }
  for (const row of content.classes) {
    const where = `classes/${row.id}`;
    report.expect(
      row.abilities.length >= FEWEST_OF_A_CLASS,
      where,
      `it learns fewer than ${FEWEST_OF_A_CLASS} abilities`,
    );
    for (const step of row.abilities) {
      const cost = ofClasses.find(({ id }) => id === step.ability)?.energyCost ?? 0;
      const energy = row.energy.base + row.energy.perLevel * (step.level - 1);
      report.expect(cost <= energy, where, `it cannot pay for "${step.ability}" when it learns it`);
    }
  }
}

function checkAbility(ability: Ability, report: Report): void {
  const where = `abilities/${ability.id}`;
  const { effects, target } = ability;
  const harmful = effects.filter(({ kind }) => HARMFUL.includes(kind)).length;
  report.expect(harmful === 0 || harmful === effects.length, where, 'it both harms and helps');
  const isForEnemies = target === 'enemy' || target === 'ray';
  report.expect(!isForEnemies || harmful > 0, where, 'it is for enemies and does them no harm');
  report.expect(harmful === 0 || isForEnemies || target === 'area', where, 'it harms its own side');
  report.expect(target !== 'ray' || ability.rangeM > 0, where, 'it meets nobody');
  report.expect((target === 'area') === ability.radiusM > 0, where, 'areas alone have a radius, and all of them');
  report.expect(
    (target === 'fallen') === effects.some(({ kind }) => kind === 'resurrect'),
    where,
    'the dead are for resurrection alone',
  );
  report.expect(!ability.channelTickMs || ability.channelTickMs <= ability.castMs, where, 'its channel never works');
  for (const effect of effects) {
    const range = 'amount' in effect ? effect.amount : 'amountPerTick' in effect ? effect.amountPerTick : undefined;
    report.expect(!range || range.min <= range.max, where, 'amounts are ranges');
    if ('tickMs' in effect) report.expect(effect.tickMs <= effect.durationMs, where, 'it ends before it works');
    if (effect.kind !== 'buff' && effect.kind !== 'debuff') continue;
    const isOneWay = Object.values(effect.stats).every((value) => (effect.kind === 'buff' ? value > 0 : value < 0));
    report.expect(isOneWay, where, 'buffs add and debuffs take');
  }
}
