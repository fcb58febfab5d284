import { accuse } from '#functions/anticheat/rules.ts';
import { caseWrite, evidenceWrite, reportWrite } from '#functions/anticheat/store.ts';
import { logWrite } from '#functions/anticheat/store-log.ts';
import { createId, type Slug } from '#shared/kernel/ids.ts';
import { commit, type Recipe } from './recipe.ts';

const unitId = 'glasswater-docks' as Slug;
const figures = { metres: 127.3, fromX: 0, fromY: 0, toX: 90, toY: 90 };

/** What zones hold against a player, and staff look at. */
export const anticheatRecipes: readonly Recipe[] = [
  {
    name: 'Kip has been noticed to be where nobody can be so soon',
    endpoints: [
      'anticheat.list-cases',
      'anticheat.view-case',
      'anticheat.view-history',
      'anticheat.list-log',
      'anticheat.review-case',
    ],
    prepare: async (stage) => {
      const { actor } = await stage.cast('kip');
      const { accountId } = actor;
      const characterId = actor.characterId!;
      const atMs = stage.world.clock.nowMs();
      const reports = [1, 2, 3].map((reportSeq) => {
        const samples = [{ atMs, figures }];
        const noticed = [{ check: 'teleport', count: 3, weight: 12, samples }] as const;
        return { reportSeq, accountId, characterId, atMs: atMs + reportSeq, noticed };
      });
      const { after } = accuse(undefined, reports[0]!);
      const seen = { accountId, operationId: createId('opr'), atMs, staffId: createId('acc') };
      const writes = reports.map((one) => reportWrite({ ...one, unitId, reportId: `${unitId}.1.${one.reportSeq}` }));
      const evidence = { teleport: [{ atMs, characterId, unitId, figures }] };
      await commit({
        writes: [
          ...writes,
          caseWrite(after, undefined),
          evidenceWrite(after, evidence),
          logWrite({ ...seen, action: 'look' }),
        ],
      });
      return {
        caller: 'boss',
        values: {
          accountId: [accountId],
          characterId: [characterId],
          revision: [after.revision],
          reason: ['Report 4711'],
        },
      };
    },
  },
];
