import { items } from '#content/items.ts';
import { viewAudit } from '#functions/custody/contract-audit.ts';
import { handler as viewHandler } from '#functions/custody/endpoints/view-audit.ts';
import { handler as auditJob } from '#functions/custody/jobs/audit-value.ts';
import { repairItems } from '#functions/inventory/contract-use.ts';
import { handler as repairHandler } from '#functions/inventory/endpoints/repair-items.ts';
import { fromLink, toLink } from '#functions/inventory/link.ts';
import { itemById, type Posting, wearDown } from '#functions/inventory/public.ts';
import { MINUTE_MS } from '#shared/kernel/clock.ts';
import { createId, deriveId, type ItemId, type TransactionId } from '#shared/kernel/ids.ts';
import { useSleep } from '#shared/kernel/sleep.ts';
import { inventoryKeys } from '#shared/table/keys/inventory.ts';
import { useMetricSink } from '#shared/telemetry/metrics.ts';
import { forge } from './forge.ts';
import { lambdaContext } from './invocations.ts';
import { commitInTest } from './test-character.ts';
import { giveNew, moveItems, type Owner, owner } from './test-owner.ts';
import { startTestWorld, type TestWorld } from './test-world.ts';

export const coat = items.all.find(
  ({ slot, bind, durability }) => slot === 'torso' && bind === 'none' && durability > 0,
)!;
export const stack = items.all.find(({ maxStack, kind }) => maxStack >= 100 && kind === 'material')!;

/** A test world that the auditor looks at. */
export class AuditedWorld {
  readonly world: TestWorld;
  /** Of all runs since the last look. */
  metrics: Record<string, number>[] = [];
  private readonly undo: readonly (() => void)[];

  private constructor(world: TestWorld) {
    this.world = world;
    this.undo = [useSleep(async () => {}), useMetricSink((line) => this.metrics.push(JSON.parse(line)))];
  }

  static async start(): Promise<AuditedWorld> {
    return new AuditedWorld(await startTestWorld({ store: 'memory' }));
  }

  async stop(): Promise<void> {
    for (const one of this.undo) one();
    await this.world.stop();
  }

  /** Lets a quarter of an hour pass and the auditor run; what it reports. */
  async audit(passedMs = 15 * MINUTE_MS) {
    this.world.clock.advance(passedMs);
    await this.world.deliver();
    await auditJob({}, lambdaContext());
    return (await this.reports()).runs[0];
  }

  async reports(query: Record<string, string> = {}) {
    const actor = this.world.actor({ roles: ['player', 'gm'] });
    return (await this.world.call(viewHandler, viewAudit, { actor, query })).body;
  }

  /** Somebody with a stack that was split and merged, and a repair that was paid. */
  async busyPlayer(): Promise<{ ana: Owner; stackId: ItemId; coatId: ItemId; transactionId: TransactionId }> {
    const { world } = this;
    const [ana, bob] = [await owner(world), await owner(world)];
    const { characterId } = ana;
    const [stackId] = (await giveNew(world, characterId, stack.id, 50)) as [ItemId];
    const toBob = { to: 'character', characterId: bob.characterId, overflow: 'refuse' } as const;
    const [part] = await moveItems(world, [
      { kind: 'move', itemId: stackId, count: 20, from: characterId, destination: toBob },
    ]);
    const back = { to: 'character', characterId, overflow: 'refuse' } as const;
    await moveItems(world, [
      { kind: 'move', itemId: part!.itemId, count: 5, from: bob.characterId, destination: back },
    ]);
    world.till.balances.set(characterId, 1_000_000n);
    const destination = { to: 'equipment', characterId } as const;
    const [coatId] = (await giveNew(world, characterId, coat.id, 1, { destination })) as [ItemId];
    await commitInTest(await wearDown(characterId, 50, { reason: 'test', cause: 'test', atMs: world.clock.nowMs() }));
    const idempotencyKey = createId('opr');
    await world.call(repairHandler, repairItems, { actor: ana, body: { itemIds: [coatId] }, idempotencyKey });
    return {
      ana,
      stackId,
      coatId,
      transactionId: deriveId('txn', characterId, 'inventory.repair-items', idempotencyKey),
    };
  }
}

/** What a run complains of, with the invariant before it. */
export const textsOf = (run: { complaints: { invariant: string; text: string }[] }) =>
  run.complaints.map(({ invariant, text }) => `${invariant} ${text}`);

/** Changes a link of an item's chain that its own row still has, or takes it out. */
export async function forgeLink(itemId: ItemId, ver: number, change: Partial<Posting> | undefined): Promise<void> {
  const item = (await itemById(itemId))!;
  const tail = (item.tail ?? []).flatMap((link) => {
    const posting = fromLink(item, link);
    if (posting.ver !== ver) return [link];
    return change ? [toLink({ ...posting, ...change })] : [];
  });
  await forge(inventoryKeys.item.primary({ itemId }), { tail });
}
