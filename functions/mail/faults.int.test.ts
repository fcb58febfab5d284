import { afterEach, describe, expect, it } from 'vitest';
import { items as itemTemplates } from '#content/items.ts';
import { itemsOf } from '#functions/inventory/public.ts';
import { createId, type ItemId, type MailId } from '#shared/kernel/ids.ts';
import { useStepHook } from '#shared/kernel/step.ts';
import { type Correspondent, equip, type MailWorld, startMailWorld } from '#shared/testing/test-mail.ts';
import { mailRules } from './rules.ts';
import { listIncoming } from './store.ts';

const single = itemTemplates.all.find(({ maxStack, bind }) => maxStack === 1 && bind === 'none')!.id;

let post: MailWorld | undefined;
let undo: (() => void) | undefined;
afterEach(async () => {
  undo?.();
  await post?.stop();
  post = undefined;
});

/** Two players with something to send. */
interface Scene {
  readonly ana: Correspondent;
  readonly bob: Correspondent;
  readonly parts: readonly ItemId[];
  mailId?: MailId;
}

/** One act that moves value: how it is made ready, done, and what the world looks like when it was done once. */
interface Act {
  readonly name: string;
  prepare?(scene: Scene): Promise<void>;
  /** Code of the refusal; undefined when it was done. */
  run(scene: Scene, key: string): Promise<string | undefined>;
  /** Purses of Ana and Bob, how many items each has in the bag, and how many mails each has in the box or on the way there. */
  readonly done: Outlook;
}

type Outlook = readonly [anaMoney: bigint, bobMoney: bigint, anaItems: number, bobItems: number, boxes: string];

const world = (): MailWorld => post!;

/** A world of its own: a job would end the mail of others too. */
async function scene(): Promise<Scene> {
  await post?.stop();
  post = await startMailWorld({ store: 'memory' });
  const [ana, bob] = [await world().player(), await world().player()];
  const parts = [
    await equip(world().world, ana.characterId, single),
    await equip(world().world, ana.characterId, single),
  ];
  return { ana, bob, parts };
}

async function outlook({ ana, bob }: Scene): Promise<Outlook> {
  const [mine, theirs] = [await itemsOf(ana.characterId), await itemsOf(bob.characterId)];
  const incoming = await Promise.all(
    [ana, bob].map(({ characterId }) => listIncoming(characterId, { limit: mailRules.box })),
  );
  const boxes = incoming.map(({ mails }) => mails.length).join('/');
  return [world().till.of(ana.characterId), world().till.of(bob.characterId), mine.length, theirs.length, boxes];
}

const codeOf = ({ status, body }: { status: number; body: { code?: string; status?: string } }) =>
  status === 202 ? 'pending' : status < 300 ? undefined : (body.code ?? String(status));

const mailed = (letter: { money?: bigint; cod?: bigint }) => async (one: Scene) => {
  one.mailId = await world().delivered(one.ana, { to: [one.bob.characterId], items: one.parts, ...letter });
};

async function lastOfAll(one: Scene): Promise<void> {
  await mailed({ money: 100n })(one);
  expect((await world().sendBack(one.bob, one.mailId!)).status).toBe(204);
  world().world.clock.advance(mailRules.lifeMs);
}

const runDue = async () => {
  try {
    await world().runDue();
    return undefined;
  } catch (error) {
    return String(error);
  }
};

const acts: readonly Act[] = [
  {
    name: 'sending items and money',
    run: async ({ ana, bob, parts }, idempotencyKey) => {
      const letter = { to: [bob.characterId], items: parts, money: 100n };
      return codeOf(await world().send(ana, letter, { idempotencyKey }));
    },
    done: [840n, 1_000n, 0, 0, '0/1'],
  },
  {
    name: 'taking items and money',
    prepare: mailed({ money: 100n }),
    run: async ({ bob, mailId }, idempotencyKey) =>
      codeOf(await world().takeAll(bob, mailId!, undefined, { idempotencyKey })),
    done: [840n, 1_100n, 0, 2, '0/1'],
  },
  {
    name: 'taking an attachment',
    prepare: mailed({}),
    run: async ({ bob, mailId }, idempotencyKey) =>
      codeOf(await world().takeOne(bob, mailId!, 0, undefined, { idempotencyKey })),
    done: [940n, 1_000n, 0, 1, '0/1'],
  },
  {
    name: 'paying on delivery',
    prepare: mailed({ cod: 300n }),
    run: async ({ bob, mailId }, idempotencyKey) =>
      codeOf(await world().takeOne(bob, mailId!, 1, 300n, { idempotencyKey })),
    done: [940n, 700n, 0, 1, '1/1'],
  },
  {
    name: 'ending a mail with items and money',
    prepare: lastOfAll,
    run: runDue,
    done: [840n, 1_000n, 0, 0, '0/0'],
  },
  {
    name: 'returning by expiry',
    prepare: async (one) => {
      await mailed({ money: 100n })(one);
      world().world.clock.advance(mailRules.lifeMs);
    },
    run: runDue,
    done: [840n, 1_000n, 0, 0, '1/0'],
  },
];

/** How many steps an act takes when nothing fails. */
async function stepsOf(act: Act): Promise<number> {
  const one = await scene();
  await act.prepare?.(one);
  let steps = 0;
  const stop = useStepHook((_name, run) => {
    steps += 1;
    return run();
  });
  expect(await act.run(one, createId('opr'))).toBeUndefined();
  stop();
  expect(await outlook(one)).toEqual(act.done);
  return steps;
}

type Fault = 'fails before it has happened' | 'fails after it has happened' | 'is the last of its process';

/**
 * Lets the n-th step fail, or the process die there: then the promise that is answered resolves, and nothing that the
 * process was about goes on.
 */
function failAt(step: number, fault: Fault): Promise<void> {
  const { promise: dead, resolve: die } = Promise.withResolvers<void>();
  const never = new Promise<never>(() => {});
  let at = 0;
  undo = useStepHook(async (name, run) => {
    at += 1;
    if (at < step + 1) return run();
    if (fault === 'is the last of its process') {
      if (at === step + 1) await run();
      die();
      return never;
    }
    if (at > step + 1) return run();
    if (fault === 'fails after it has happened') await run();
    throw new Error(`the line broke at ${name}`);
  });
  return dead;
}

describe.each(acts.map((act) => [act.name, act] as const))('%s', (_name, act) => {
  it.each(['fails before it has happened', 'fails after it has happened', 'is the last of its process'] as const)(
    'is done once, or not at all, when any one step %s',
    async (fault) => {
      const steps = await stepsOf(act);
      expect(steps).toBeGreaterThan(3);
      for (let step = 0; step < steps; step += 1) {
        const one = await scene();
        await act.prepare?.(one);
        const before = await outlook(one);
        const key = createId('opr');
        await Promise.race([failAt(step, fault), act.run(one, key)]);
        undo?.();
        await world().sweep();
        const between = await outlook(one);
        expect([before, act.done], `after step ${step}`).toContainEqual(between);
        expect(await world().complaints(), `after step ${step}`).toEqual([]);

        const again = await act.run(one, key);
        if (again !== undefined) {
          expect(again, `step ${step}`).toBe('settlement.aborted');
          expect(await act.run(one, createId('opr'))).toBeUndefined();
        }
        expect(await outlook(one), `in the end, after step ${step}`).toEqual(act.done);
        expect(await world().complaints()).toEqual([]);
      }
    },
    120_000,
  );
});
