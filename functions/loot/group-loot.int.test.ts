import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { items as itemTemplates } from '#content/items.ts';
import { qualityRank } from '#content/quality.ts';
import { zones } from '#content/zones.ts';
import { itemsOf, mintItems } from '#functions/inventory/public.ts';
import { BAG_SLOTS } from '#functions/inventory/rules.ts';
import { readItem } from '#functions/inventory/store.ts';
import { kickMember, leaveParty } from '#functions/party/contract.ts';
import { handler as kickHandler } from '#functions/party/endpoints/kick-member.ts';
import { handler as leaveHandler } from '#functions/party/endpoints/leave-party.ts';
import { leaveZone } from '#functions/zone/public.ts';
import type { EndpointBase } from '#shared/contract/endpoint.ts';
import { MINUTE_MS } from '#shared/kernel/clock.ts';
import { createId } from '#shared/kernel/ids.ts';
import { useStepHook } from '#shared/kernel/step.ts';
import type { HttpHandler } from '#shared/runtime/endpoint-handler.ts';
import { lambdaContext } from '#shared/testing/invocations.ts';
import { itemComplaints } from '#shared/testing/item-audit.ts';
import { commitInTest, type PlayingActor } from '#shared/testing/test-character.ts';
import { startHunt, type TestHunt } from '#shared/testing/test-hunt.ts';
import { partyOfPlayers } from '#shared/testing/test-party.ts';
import { type CallResult, startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { assignSlot, getDrop, getRoll, listRolls, pickUp, releaseDrop, vote } from './contract.ts';
import { handler as assignHandler } from './endpoints/assign-slot.ts';
import { handler as getDropHandler } from './endpoints/get-drop.ts';
import { handler as getRollHandler } from './endpoints/get-roll.ts';
import { handler as listRollsHandler } from './endpoints/list-rolls.ts';
import { handler as pickUpHandler } from './endpoints/pick-up.ts';
import { handler as releaseHandler } from './endpoints/release-drop.ts';
import { handler as voteHandler } from './endpoints/vote.ts';
import { handler as closeDueHandler } from './jobs/close-due.ts';
import { commitmentOf, type OpenedCache, type RecordedDrop, recordCache, rollOf } from './public.ts';
import { lootLimits } from './rules.ts';

const [docks, terraces] = zones.all.map((zone) => zone.id) as [string, string];
/** It always leaves a legendary to wear, and with the most generous dice an uncommon that nobody wears. */
const COURIER = 'gilded-courier';

let world: TestWorld;
let hunt: TestHunt;
beforeAll(async () => {
  world = await startTestWorld();
  hunt = await startHunt(world, docks);
});
beforeEach(() => world.clock.advance(MINUTE_MS));
afterAll(async () => {
  // Whatever these tests did to items: none was doubled or lost, and every chain of custody is whole.
  const complaints = itemComplaints(await world.snapshot());
  await world.stop();
  expect(complaints).toEqual([]);
});

type Answer = Promise<CallResult>;
const call = (handler: HttpHandler, endpoint: EndpointBase, actor: PlayingActor, options: object): Answer =>
  world.call(handler, endpoint, { actor, ...options });
const cast = (actor: PlayingActor, rollId: string, choice: string) =>
  call(voteHandler, vote, actor, { params: { rollId }, body: { choice } });
const look = (actor: PlayingActor, { dropId }: RecordedDrop) =>
  call(getDropHandler, getDrop, actor, { params: { dropId } });
const lookAtRoll = (actor: PlayingActor, rollId: string) =>
  call(getRollHandler, getRoll, actor, { params: { rollId } });
const take = (actor: PlayingActor, { dropId }: RecordedDrop, slotIndex: number) =>
  call(pickUpHandler, pickUp, actor, {
    params: { dropId, slotIndex: String(slotIndex) },
    idempotencyKey: createId('opr'),
  });
const give = (
  actor: PlayingActor,
  { dropId }: RecordedDrop,
  slotIndex: number,
  { characterId }: { characterId: string },
  idempotencyKey: string = createId('opr'),
) =>
  call(assignHandler, assignSlot, actor, {
    params: { dropId, slotIndex: String(slotIndex) },
    body: { characterId },
    idempotencyKey,
  });
const release = (actor: PlayingActor, { dropId }: RecordedDrop) =>
  call(releaseHandler, releaseDrop, actor, { params: { dropId } });
const closeDue = () => closeDueHandler(undefined, lambdaContext());

const hunters = (count: number) => Promise.all(Array.from({ length: count }, () => hunt.hunter()));

/** A party with its kill: the first made it, the others stand by. */
async function killOfParty(size: number, loot: Parameters<typeof partyOfPlayers>[2] = {}) {
  const members = await hunters(size);
  const partyId = await partyOfPlayers(world, members, loot);
  const [drop] = await hunt.kill([members[0]!], { npcKind: COURIER, nearby: members.slice(1) });
  return { partyId, members, drop: drop! };
}

const slotOf = (drop: RecordedDrop, templateId: string) => drop.slots.find((slot) => slot.templateId === templateId)!;

async function holders(templateId: string, members: readonly PlayingActor[]): Promise<string[]> {
  const bags = await Promise.all(members.map(({ characterId }) => itemsOf(characterId)));
  return bags.flat().flatMap((item) => (item.templateId === templateId ? [item.holder] : []));
}

async function toldOf(rollId: string) {
  await world.deliver();
  const facts = (name: string) =>
    world.events.filter((one) => one.name === name && (one.data as { rollId: string }).rollId === rollId);
  return {
    started: facts('LOOT_ROLL_STARTED'),
    completed: facts('LOOT_ROLL_COMPLETED'),
    pushed: world.pushes
      .map(({ body, destination }) => ({ ...(body as { type: string; rollId?: string }), destination }))
      .filter((body) => body.rollId === rollId),
  };
}

async function fillBag({ characterId }: PlayingActor, free = 0) {
  const { changes } = await mintItems({
    holder: characterId,
    origin: 'starting',
    source: [characterId, 'ballast'],
    items: Array.from({ length: BAG_SLOTS - free }, () => ({ templateId: 'rebar-cleaver', count: 1 })),
    nowMs: world.clock.nowMs(),
  });
  await commitInTest(changes);
}

async function expectRefusal(attempt: () => Answer, status: number, code: string) {
  const rows = async () => (await world.snapshot()).filter(({ pk }) => !String(pk).startsWith('RATE#'));
  const before = await rows();
  const reply = await attempt();
  expect([reply.status, reply.body.code]).toEqual([status, code]);
  expect(await rows()).toEqual(before);
  return reply;
}

describe('a kill of a party', () => {
  it('belongs to its members in reach, whoever struck, and to those who helped; nobody else', async () => {
    const [killer, idle, far, helper, stranger] = (await hunters(5)) as [
      PlayingActor,
      PlayingActor,
      PlayingActor,
      PlayingActor,
      PlayingActor,
    ];
    const partyId = await partyOfPlayers(world, [idle, killer, far]);
    const [drop] = await hunt.kill([killer, helper], { npcKind: COURIER, nearby: [idle, stranger] });
    expect(drop).toMatchObject({
      method: 'group',
      eligibleIds: [idle.characterId, killer.characterId, helper.characterId],
    });
    await world.deliver();
    const { data } = world.events.find(
      ({ name, data: of }) => name === 'LOOT_GENERATED' && (of as { dropId: string }).dropId === drop!.dropId,
    )!;
    expect(data).toMatchObject({ method: 'group', partyId });
    const died = world.events.find(
      ({ name, data: of }) => name === 'NPC_DIED' && (of as { dropId?: string }).dropId === drop!.dropId,
    )!;
    const earned = (died.data as { eligible: { characterId: string }[] }).eligible.map(
      ({ characterId }) => characterId,
    );
    expect(earned).toEqual([killer.characterId, helper.characterId, idle.characterId]);
  });

  it('is nobody’s affair of a party when only one of it was there', async () => {
    const [killer, far] = (await hunters(2)) as [PlayingActor, PlayingActor];
    await partyOfPlayers(world, [killer, far]);
    const [drop] = await hunt.kill([killer], { npcKind: COURIER });
    expect(drop).toMatchObject({ method: 'solo', eligibleIds: [killer.characterId] });
    expect((await take(killer, drop!, 0)).status).toBe(200);
  });

  it('stays as it was settled at the kill, whatever becomes of the party', async () => {
    const { members, drop } = await killOfParty(3);
    const [, second, third] = members as [PlayingActor, PlayingActor, PlayingActor];
    const { rollId } = slotOf(drop, 'first-light');
    await call(leaveHandler, leaveParty, second, {});
    const late = await hunt.hunter();
    expect((await cast(second, rollId!, 'need')).status).toBe(200);
    await expectRefusal(() => cast(late, rollId!, 'need'), 404, 'loot.roll_not_found');
    await cast(members[0]!, rollId!, 'pass');
    await cast(third, rollId!, 'pass');
    expect(await holders('first-light', members)).toEqual([second.characterId]);
  });

  it('goes round by turns below the threshold; what is released is free to all who earned it', async () => {
    const members = await hunters(3);
    await partyOfPlayers(world, members, { method: 'round_robin' });
    const served: (string | undefined)[] = [];
    for (let kill = 0; kill < 4; kill += 1) {
      const [drop] = await hunt.kill([members[0]!], { npcKind: COURIER, nearby: members.slice(1) });
      const owners = new Set(drop!.slots.map(({ reservedFor }) => reservedFor));
      expect(owners.size).toBe(1);
      served.push([...owners][0]);
      if (kill > 0) continue;
      await expectRefusal(() => take(members[1]!, drop!, 0), 403, 'loot.reserved');
      await expectRefusal(() => release(members[1]!, drop!), 403, 'loot.not_your_turn');
      expect((await take(members[0]!, drop!, 0)).status).toBe(200);
      expect((await release(members[0]!, drop!)).status).toBe(204);
      expect((await release(members[0]!, drop!)).status).toBe(204);
      expect((await look(members[1]!, drop!)).body).toMatchObject({ released: true });
      expect((await take(members[1]!, drop!, 1)).status).toBe(200);
    }
    const order = members.map(({ characterId }) => characterId);
    expect(served).toEqual([...order, order[0]]);
  });

  it('gives each a turn also when kills come at the same moment', async () => {
    const members = await hunters(4);
    await partyOfPlayers(world, members, { method: 'round_robin' });
    const kills = await Promise.all(
      Array.from({ length: 4 }, () => hunt.kill([members[0]!], { npcKind: COURIER, nearby: members.slice(1) })),
    );
    const served = kills.map(([drop]) => drop!.slots[0]!.reservedFor);
    expect(new Set(served).size).toBe(4);
  });

  it('is free to all at once where the party says so, and random pieces of each where it says that', async () => {
    const free = await killOfParty(3, { method: 'free_for_all' });
    expect((await take(free.members[2]!, free.drop, 0)).status).toBe(200);
    const own = await killOfParty(3, { method: 'personal' });
    const ids = own.members.map(({ characterId }) => characterId);
    for (const { slotIndex, reservedFor } of own.drop.slots) {
      expect(ids).toContain(reservedFor);
      const others = own.members.filter(({ characterId }) => characterId !== reservedFor);
      await expectRefusal(() => take(others[0]!, own.drop, slotIndex), 403, 'loot.reserved');
    }
  });
});

describe('a roll', () => {
  it('begins with the kill: told to the party, open to those who earned it', async () => {
    const { partyId, members, drop } = await killOfParty(2);
    const piece = slotOf(drop, 'first-light');
    const { started, pushed } = await toldOf(piece.rollId!);
    expect(started).toHaveLength(1);
    const { seedCommitment, closesAt, eligible } = started[0]!.data as Record<string, never>;
    expect(eligible).toEqual(members.map(({ accountId, characterId }) => ({ accountId, characterId })));
    expect(pushed).toMatchObject([
      { type: 'roll_started', destination: `/topic/party/${partyId}/loot`, seedCommitment, closesAt },
    ]);
    const open = await call(listRollsHandler, listRolls, members[1]!, {});
    const contested = drop.slots.filter(({ rollId }) => rollId).map(({ rollId }) => rollId);
    expect(open.body.rolls.map((roll: { rollId: string }) => roll.rollId).sort()).toEqual(contested.sort());
    expect(open.body.rolls[0]).toMatchObject({ state: 'OPEN', voters: [{ chance: 0 }, { chance: 0 }] });
    expect(JSON.stringify(open.body)).not.toContain('"seed":');
    await expectRefusal(() => take(members[0]!, drop, piece.slotIndex), 409, 'loot.being_rolled');
    const [stranger, elsewhere] = [await hunt.hunter(), await (await startHunt(world, terraces)).hunter()];
    expect((await call(listRollsHandler, listRolls, stranger, {})).body.rolls).toEqual([]);
    for (const one of [stranger, elsewhere]) {
      await expectRefusal(() => lookAtRoll(one, piece.rollId!), 404, 'loot.roll_not_found');
    }
  });

  it('contests exactly what reaches the threshold', async () => {
    const { drop } = await killOfParty(3, { threshold: 'rare' });
    for (const { templateId, rollId, reservedFor } of drop.slots) {
      const isAbove = qualityRank(itemTemplates.get(templateId).quality) >= qualityRank('rare');
      expect([templateId, rollId !== undefined, reservedFor === undefined]).toEqual([templateId, isAbove, isAbove]);
    }
  });

  it('is decided with the last vote: need before greed, the item to the winner, the seed told, all of it checkable', async () => {
    const { members, drop } = await killOfParty(3);
    const [first, second, third] = members as [PlayingActor, PlayingActor, PlayingActor];
    const { rollId, slotIndex } = slotOf(drop, 'first-light');
    const after = await cast(first, rollId!, 'greed');
    expect(after.body).toMatchObject({ state: 'OPEN', myChoice: 'greed' });
    expect(after.body.voters.map(({ chance }: { chance: number }) => chance)).toEqual([1, 0, 0]);
    await cast(second, rollId!, 'need');
    const last = await cast(third, rollId!, 'pass');
    expect(last.body).toMatchObject({ state: 'DECIDED', winnerId: second.characterId });
    expect(await holders('first-light', members)).toEqual([second.characterId]);
    expect((await look(first, drop)).body.slots[slotIndex]).toMatchObject({
      state: 'AWARDED',
      awardedTo: second.characterId,
    });

    const { started, completed, pushed } = await toldOf(rollId!);
    expect(completed).toHaveLength(1);
    const { seed, votes, winner } = completed[0]!.data as {
      seed: string;
      votes: { characterId: never; choice: string; roll?: number }[];
      winner: { characterId: string };
    };
    expect(winner.characterId).toBe(second.characterId);
    expect(commitmentOf(seed)).toBe((started[0]!.data as { seedCommitment: string }).seedCommitment);
    for (const { characterId, choice, roll } of votes) {
      expect(roll).toBe(choice === 'pass' ? undefined : rollOf(seed, rollId as never, characterId));
    }
    expect(pushed.map(({ type }) => type).sort()).toEqual([
      'roll_completed',
      'roll_started',
      'vote_cast',
      'vote_cast',
      'vote_cast',
    ]);
    const proof = (await lookAtRoll(first, rollId!)).body;
    expect(proof).toMatchObject({ seed, seedCommitment: commitmentOf(seed), winnerId: second.characterId });
    const picked = world.events.filter(
      ({ name, data }) => name === 'ITEM_PICKED_UP' && (data as { dropId: string }).dropId === drop.dropId,
    );
    expect(picked).toMatchObject([{ data: { characterId: second.characterId, slotIndex } }]);
  });

  it('binds the item to the winner, and leaves 2 hours to give it to one who had earned it too', async () => {
    const { members, drop } = await killOfParty(2);
    const { rollId } = slotOf(drop, 'first-light');
    for (const member of members) await cast(member, rollId!, member === members[0] ? 'need' : 'pass');
    const held = (await itemsOf(members[0]!.characterId)).find(({ templateId }) => templateId === 'first-light')!;
    expect(await readItem(held.itemId)).toMatchObject({
      bind: 'character',
      tradeWindow: {
        untilMs: world.clock.nowMs() + lootLimits.tradeWindowMs,
        characterIds: members.map(({ characterId }) => characterId),
      },
    });
  });

  it('keeps everybody in the party until it is decided', async () => {
    const { members, drop } = await killOfParty(3);
    const [leader, second, third] = members as [PlayingActor, PlayingActor, PlayingActor];
    const kick = () => call(kickHandler, kickMember, leader, { params: { characterId: third.characterId } });
    await expectRefusal(kick, 409, 'party.rolls_open');
    for (const { rollId } of drop.slots) {
      if (rollId) for (const one of [leader, second, third]) await cast(one, rollId, 'pass');
    }
    expect((await kick()).status).toBe(200);
  });

  it('takes one vote of each, which stands', async () => {
    const { members, drop } = await killOfParty(2);
    const { rollId } = slotOf(drop, 'first-light');
    const first = await cast(members[0]!, rollId!, 'greed');
    expect((await cast(members[0]!, rollId!, 'greed')).body).toEqual(first.body);
    await expectRefusal(() => cast(members[0]!, rollId!, 'need'), 409, 'loot.already_voted');
  });

  it('lets nobody need what is not worn', async () => {
    const { members, drop } = await killOfParty(2);
    const { rollId } = slotOf(drop, 'silver-tongue');
    await expectRefusal(() => cast(members[0]!, rollId!, 'need'), 422, 'loot.need_refused');
    expect((await cast(members[0]!, rollId!, 'greed')).status).toBe(200);
  });

  it.each(['a look at the drop', 'a look at the roll', 'the job'])(
    'whose time is over is decided by %s: who has not voted has passed',
    async (how) => {
      const { members, drop } = await killOfParty(3);
      const { rollId } = slotOf(drop, 'first-light');
      await cast(members[1]!, rollId!, 'greed');
      world.clock.advance(lootLimits.rollWindowMs - 1);
      await closeDue();
      await look(members[0]!, drop);
      expect(await holders('first-light', members)).toEqual([]);
      world.clock.advance(1);
      await expectRefusal(() => cast(members[2]!, rollId!, 'need'), 409, 'loot.roll_closed');
      if (how === 'the job') await closeDue();
      else if (how === 'a look at the roll') await lookAtRoll(members[0]!, rollId!);
      else await look(members[0]!, drop);
      expect(await holders('first-light', members)).toEqual([members[1]!.characterId]);
      await closeDue();
      expect((await toldOf(rollId!)).completed).toHaveLength(1);
    },
  );

  it('frees the piece for all who earned it when all pass, and for everybody later', async () => {
    const { members, drop } = await killOfParty(2);
    const { rollId, slotIndex } = slotOf(drop, 'first-light');
    const stranger = await hunt.hunter();
    for (const member of members) await cast(member, rollId!, 'pass');
    expect((await toldOf(rollId!)).completed).toMatchObject([
      { data: { votes: [{ choice: 'pass' }, { choice: 'pass' }] } },
    ]);
    await expectRefusal(() => take(stranger, drop, slotIndex), 403, 'loot.not_eligible');
    expect((await take(members[1]!, drop, slotIndex)).status).toBe(200);
  });

  it('reaches a winner who is far away or logged out', async () => {
    const { members, drop } = await killOfParty(2);
    const { rollId } = slotOf(drop, 'first-light');
    await cast(members[1]!, rollId!, 'need');
    await leaveZone(hunt.fence, members[1]!);
    await world.endSession(members[1]!);
    world.clock.advance(lootLimits.rollWindowMs);
    await closeDue();
    expect(await holders('first-light', members)).toEqual([members[1]!.characterId]);
  });

  it('reaches a winner without room by mail', async () => {
    const { members, drop } = await killOfParty(2);
    const [winner, other] = members as [PlayingActor, PlayingActor];
    const { rollId, slotIndex } = slotOf(drop, 'first-light');
    await fillBag(winner);
    await cast(winner, rollId!, 'need');
    await cast(other, rollId!, 'pass');
    expect((await look(winner, drop)).body.slots[slotIndex]).toMatchObject({
      state: 'AWARDED',
      awardedTo: winner.characterId,
    });
    const { pushed } = await toldOf(rollId!);
    expect(pushed.find(({ type }) => type === 'roll_completed')).toMatchObject({ byMail: true });
    const mailed = (await world.snapshot()).find(
      ({ _et, originRef }) => _et === 'Item' && originRef === `${drop.dropId}.${slotIndex}`,
    );
    expect(mailed?.holder).toMatch(/^mail\./);
    await expectRefusal(() => take(other, drop, slotIndex), 409, 'loot.already_taken');
  });

  it.each([2, 5])('hears %i votes of the same moment, and comes to one decision', async (voters) => {
    const { members, drop } = await killOfParty(voters);
    const { rollId } = slotOf(drop, 'first-light');
    const replies = await Promise.all(members.map((member) => cast(member, rollId!, 'need')));
    for (const { status, body } of replies) expect([status, body.code]).toEqual([200, undefined]);
    await closeDue();
    const roll = (await lookAtRoll(members[0]!, rollId!)).body;
    expect(roll.state).toBe('DECIDED');
    expect(roll.voters.every(({ choice }: { choice: string }) => choice === 'need')).toBe(true);
    expect(await holders('first-light', members)).toEqual([roll.winnerId]);
    expect((await toldOf(rollId!)).completed).toHaveLength(1);
  });

  it('counts one of many votes of one player at the same moment', async () => {
    const { members, drop } = await killOfParty(2);
    const { rollId } = slotOf(drop, 'first-light');
    const choices = ['need', 'greed', 'pass', 'need', 'greed', 'pass', 'need', 'greed'];
    const replies = await Promise.all(choices.map((choice) => cast(members[0]!, rollId!, choice)));
    const counted = (await lookAtRoll(members[0]!, rollId!)).body.myChoice;
    replies.forEach(({ status, body }, index) => {
      if (status === 200) expect(choices[index]).toBe(counted);
      else expect(['loot.already_voted', 'request.conflict']).toContain(body.code);
    });
    expect((await toldOf(rollId!)).pushed.filter(({ type }) => type === 'vote_cast')).toHaveLength(1);
  });

  it('is decided once by any number who look when its time is over', async () => {
    const { members, drop } = await killOfParty(5);
    const { rollId } = slotOf(drop, 'first-light');
    await cast(members[3]!, rollId!, 'need');
    world.clock.advance(lootLimits.rollWindowMs);
    await Promise.all([
      ...members.map((member) => lookAtRoll(member, rollId!)),
      ...members.map((member) => look(member, drop)),
      closeDue(),
    ]);
    expect(await holders('first-light', members)).toEqual([members[3]!.characterId]);
    expect((await toldOf(rollId!)).completed).toHaveLength(1);
  });

  it.each(['before', 'after'] as const)('gives the item once when the store fails %s the decision', async (moment) => {
    const { members, drop } = await killOfParty(2);
    const { rollId } = slotOf(drop, 'first-light');
    await cast(members[0]!, rollId!, 'need');
    world.clock.advance(lootLimits.rollWindowMs);
    let isBroken = true;
    const undo = useStepHook(async (name, run) => {
      if (name !== 'table.TransactWriteItems' || !isBroken) return run();
      isBroken = false;
      if (moment === 'after') await run();
      throw new Error('the connection broke');
    });
    await lookAtRoll(members[1]!, rollId!);
    undo();
    await closeDue();
    expect(await holders('first-light', members)).toEqual([members[0]!.characterId]);
    expect((await toldOf(rollId!)).completed).toHaveLength(1);
  });
});

describe('the master looter', () => {
  const underMaster = async (size: number) => {
    const kill = await killOfParty(size, { method: 'master' });
    const [master, ...others] = kill.members as [PlayingActor, ...PlayingActor[]];
    return { ...kill, master, others };
  };

  it('gives pieces from the threshold on to those who earned them; below, turns go round', async () => {
    const { partyId, master, others, drop } = await underMaster(3);
    const piece = slotOf(drop, 'first-light');
    const shown = (await look(others[0]!, drop)).body;
    expect(shown).toMatchObject({ method: 'master', masterLooterId: master.characterId });
    for (const { templateId, claim } of shown.slots) {
      const isAbove = qualityRank(itemTemplates.get(templateId).quality) >= qualityRank('uncommon');
      expect([templateId, claim]).toEqual([templateId, isAbove ? 'master' : 'turn']);
    }
    await expectRefusal(() => take(master, drop, piece.slotIndex), 409, 'loot.awaits_master');
    const key = createId('opr');
    const given = await give(master, drop, piece.slotIndex, others[1]!, key);
    expect(given).toMatchObject({ status: 200, body: { characterId: others[1]!.characterId } });
    expect((await give(master, drop, piece.slotIndex, others[1]!, key)).text).toBe(given.text);
    expect(await holders('first-light', [master, ...others])).toEqual([others[1]!.characterId]);
    await expectRefusal(() => give(master, drop, piece.slotIndex, others[0]!), 409, 'loot.already_taken');
    await world.deliver();
    const types = world.pushes
      .filter(({ destination }) => destination === `/topic/party/${partyId}/loot`)
      .map(({ body }) => (body as { type: string }).type);
    expect(types.sort()).toEqual(['assigned', 'master_waits']);
  });

  it('cannot give to strangers, what is not theirs to give, and to who has no room or has one already', async () => {
    const { master, others, drop } = await underMaster(3);
    const piece = slotOf(drop, 'first-light').slotIndex;
    const stranger = await hunt.hunter();
    await expectRefusal(() => give(others[0]!, drop, piece, others[0]!), 403, 'loot.not_master');
    await expectRefusal(() => give(stranger, drop, piece, stranger), 404, 'loot.drop_not_found');
    await expectRefusal(() => give(master, drop, piece, stranger), 422, 'loot.target_not_eligible');
    await expectRefusal(() => give(master, drop, 15, others[0]!), 404, 'loot.slot_not_found');
    const turn = drop.slots.find(({ reservedFor }) => reservedFor);
    if (turn) await expectRefusal(() => give(master, drop, turn.slotIndex, others[0]!), 409, 'loot.not_assignable');
    await fillBag(others[0]!);
    await expectRefusal(() => give(master, drop, piece, others[0]!), 409, 'loot.target_full');
    const { changes } = await mintItems({
      holder: others[1]!.characterId,
      origin: 'quest',
      source: [others[1]!.characterId],
      items: [{ templateId: 'first-light', count: 1 }],
      nowMs: world.clock.nowMs(),
    });
    await commitInTest(changes);
    await expectRefusal(() => give(master, drop, piece, others[1]!), 409, 'loot.unique_clash');
  });

  it('who has not given out within 60 seconds makes way for rolls', async () => {
    const { master, others, drop } = await underMaster(3);
    const piece = slotOf(drop, 'first-light').slotIndex;
    const spare = slotOf(drop, 'silver-tongue').slotIndex;
    await give(master, drop, spare, others[0]!);
    world.clock.advance(lootLimits.masterWindowMs);
    await expectRefusal(() => give(master, drop, piece, others[0]!), 409, 'loot.not_assignable');
    await Promise.all([closeDue(), look(master, drop), look(others[0]!, drop)]);
    const slots = (await look(master, drop)).body.slots;
    expect(slots[spare]).toMatchObject({ state: 'AWARDED' });
    expect(slots[piece]).toMatchObject({ state: 'OPEN', claim: 'roll' });
    const { rollId } = slots[piece];
    expect((await toldOf(rollId)).started).toHaveLength(1);
    for (const one of others) await cast(one, rollId, 'pass');
    await cast(master, rollId, 'need');
    expect(await holders('first-light', [master, ...others])).toEqual([master.characterId]);
  });

  it('gives a piece to one, whomever they name at the same moment', async () => {
    const { master, others, drop } = await underMaster(5);
    const piece = slotOf(drop, 'first-light').slotIndex;
    const targets = [...others, ...others];
    const replies = await Promise.all(targets.map((target) => give(master, drop, piece, target)));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const { status, body } of replies) {
      if (status !== 200) expect(['loot.already_taken', 'loot.unique_clash', 'request.conflict']).toContain(body.code);
    }
    const winner = replies.find(({ status }) => status === 200)!.body.characterId;
    expect(await holders('first-light', [master, ...others])).toEqual([winner]);
  });
});

describe('a cache of the zone', () => {
  const asBystander = ({ accountId, characterId }: PlayingActor) => ({ accountId, characterId, level: 1 });
  let uses = 0;
  const openedBy = (opener: PlayingActor, nearby: readonly PlayingActor[] = []): OpenedCache => {
    uses += 1;
    const [by, others] = [asBystander(opener), nearby.map(asBystander)];
    return {
      useSeq: uses,
      objectId: 'store-locker',
      x: 157,
      y: 30,
      openedAtMs: world.clock.nowMs(),
      by,
      nearby: others,
    };
  };

  it('leaves one drop however often and at once its opening is told, for the opener and its party', async () => {
    const [opener, idle, stranger] = (await hunters(3)) as [PlayingActor, PlayingActor, PlayingActor];
    await partyOfPlayers(world, [opener, idle], { method: 'free_for_all' });
    const opened = openedBy(opener, [idle]);
    const answers = await Promise.all([1, 2, 3].map(() => recordCache(hunt.fence, opened)));
    const [drop] = answers[0]!;
    for (const answer of answers) expect(answer).toEqual([drop]);
    expect(drop!.eligibleIds).toEqual([opener.characterId, idle.characterId]);
    await world.deliver();
    const told = world.events.filter(
      ({ name, data }) => name === 'LOOT_GENERATED' && (data as { dropId: string }).dropId === drop!.dropId,
    );
    expect(told).toMatchObject([{ data: { objectId: 'store-locker', zoneId: docks } }]);
    expect((await look(opener, drop!)).body).toMatchObject({ objectId: 'store-locker', eligible: true });
    await expectRefusal(() => take(stranger, drop!, 0), 403, 'loot.not_eligible');
    const taken = await take(idle, drop!, 0);
    expect(taken.status).toBe(200);
    expect(taken.body).not.toHaveProperty('putDown');
  });

  it('is nobody else’s when its opener is in no party', async () => {
    const [opener, other] = (await hunters(2)) as [PlayingActor, PlayingActor];
    const [drop] = await recordCache(hunt.fence, openedBy(opener, [other]));
    expect(drop!.eligibleIds).toEqual([opener.characterId]);
  });

  it('is refused where there is none, and from a process that has lost the zone', async () => {
    const opener = await hunt.hunter();
    const before = (await world.snapshot()).filter(({ _et }) => _et === 'Drop').length;
    for (const objectId of ['nowhere', 'store-lever'])
      await expect(recordCache(hunt.fence, { ...openedBy(opener), objectId })).rejects.toMatchObject({
        code: 'request.not_found',
      });
    const lost = { ...hunt.fence, shardId: createId('shd') };
    await expect(recordCache(lost, openedBy(opener))).rejects.toMatchObject({ code: 'zone.fenced' });
    expect((await world.snapshot()).filter(({ _et }) => _et === 'Drop')).toHaveLength(before);
  });
});
