import type * as z from 'zod';
import { toIso } from '#shared/kernel/clock.ts';
import type { ProgressionView } from './contract.ts';
import { levelProgress, type Progression, respecPrice } from './rules.ts';

/** A character's progression as its player sees it. */
export function viewOf(progression: Progression, nowMs: number): z.input<typeof ProgressionView> {
  const { characterId, classId, level, xp, attributes, skills, attributePoints, skillPoints, version } = progression;
  const { cost, isAffordable, cheaperAtMs } = respecPrice(progression, nowMs);
  return {
    characterId,
    classId: classId as z.input<typeof ProgressionView>['classId'],
    level,
    xp,
    ...levelProgress(xp),
    attributes: { ...attributes },
    skills: { ...skills },
    attributePoints,
    skillPoints,
    respec: {
      cost,
      affordable: isAffordable,
      ...(cheaperAtMs === undefined ? {} : { cheaperAt: toIso(cheaperAtMs) }),
    },
    version,
  };
}
