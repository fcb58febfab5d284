import type * as z from 'zod';
import type { ProgressionView } from './contract.ts';
import { levelProgress, type Progression } from './rules.ts';

/** A character's progression as its player sees it. */
export function viewOf(progression: Progression): z.input<typeof ProgressionView> {
  const { accountId: _owner, classId, ...shown } = progression;
  return {
    ...shown,
    classId: classId as z.input<typeof ProgressionView>['classId'],
    ...levelProgress(progression.xp),
    attributes: { ...progression.attributes },
    skills: { ...progression.skills },
  };
}
