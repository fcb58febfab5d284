import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { handOffCharacter, saveCharacterState } from '#functions/character/public.ts';
import { recordKill } from '#functions/loot/public.ts';
import { noteMemory, renewLease, type ZoneFence } from '#functions/zone/public.ts';
import { GameError } from '#shared/contract/errors.ts';
import { type AccountId, type CharacterId, createId, type Slug } from '#shared/kernel/ids.ts';
import { zoneKeys } from '#shared/table/keys/zone.ts';
import { documentClient, tableName } from '#shared/table/table.ts';

/** Whether somebody has taken over what the owner before had noted down: until then it may note down more. */
export async function hasTakenOver({ zoneId, epoch }: ZoneFence): Promise<boolean> {
  const Key = zoneKeys.places.primary({ zoneId });
  const { Item } = await documentClient().send(new GetCommand({ TableName: tableName(), Key, ConsistentRead: true }));
  return Number(Item?.epoch) > epoch;
}

/** What an owner is answered that has lost its unit. */
export const REFUSED = 'zone.fenced';

/** Tries in the name of an owner whatever it might still want to write, and tells how each was answered. */
export async function tryToWrite(
  fence: ZoneFence,
  { characterId }: { readonly characterId: CharacterId },
  accountId: AccountId,
): Promise<readonly { readonly what: string; readonly answer: string }[]> {
  const body = { characterId, x: 1, y: 1, yaw: 0, health: 1, stay: 1_000_000, sequence: 1 };
  const claimants = [{ accountId, characterId, level: 1, damage: 1 }] as const;
  const kill = { killSeq: 1_000_000, npcKind: 'salvage-drone', npcLevel: 1, spawnId: 'drones-slipway.1' } as const;
  const at = { x: 1, y: 1, killedAtMs: Date.now(), combatId: createId('cbt') };
  const acts: readonly (readonly [what: string, act: () => Promise<unknown>])[] = [
    ['a save', () => saveCharacterState(fence, body)],
    ['a hand-off', () => handOffCharacter(fence, { ...body, toZone: 'glasswater-docks' as Slug })],
    ['a note', () => noteMemory(fence, { places: new Uint8Array(), respawns: [] })],
    ['a renewal', () => renewLease(fence, { leaseMs: 10_000, players: 0 })],
    ['a kill', () => recordKill(fence, { ...kill, ...at, claimants })],
  ];
  const answers: { readonly what: string; readonly answer: string }[] = [];
  for (const [what, act] of acts) {
    const answer = await act().then(
      () => 'taken',
      (cause: unknown) => (cause instanceof GameError ? cause.code : String(cause)),
    );
    answers.push({ what, answer });
  }
  return answers;
}
