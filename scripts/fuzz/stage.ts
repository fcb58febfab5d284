import { entryOf } from '#shared/contract/domain.ts';
import type { EndpointBase } from '#shared/contract/endpoint.ts';
import { HOUR_MS, SECOND_MS } from '#shared/kernel/clock.ts';
import { type CharacterId, createId } from '#shared/kernel/ids.ts';
import type { HttpHandler } from '#shared/runtime/endpoint-handler.ts';
import type { Actor } from '#shared/runtime/invocation.ts';
import { catchMails, logIn, registerPlayer, TEST_PASSWORD } from '#shared/testing/test-player.ts';
import { type CallResult, startTestWorld, type TestWorld } from '#shared/testing/test-world.ts';
import { TableJournal } from './journal.ts';
import type { JsonSchema } from './json-schema.ts';
import { type DocumentedOperation, operation, operations } from './operations.ts';
import { Pool } from './pool.ts';
import { type Dice, diceOf } from './random.ts';
import type { Precondition, Recipe } from './recipes/recipe.ts';
import { earlyRecipes, recipes } from './recipes.ts';
import { settings } from './settings.ts';
import { type FuzzRequest, validRequest } from './valid-request.ts';
import type { Supply } from './values.ts';

/** Whom the world's configuration makes its first administrator. */
const OPERATOR = 'admin@necpgame.test';
/** Long enough for the token buckets to be full again. */
const PAUSE_MS = 3 * SECOND_MS;
/** So long ago is made what takes its time to come about. */
const PAST_MS = 6 * HOUR_MS;
const HARVESTS = 3;
const BRING_TRIES = 30;

export interface Player {
  readonly name: string;
  readonly email: string;
  readonly actor: Actor & { readonly characterId: CharacterId };
  readonly accessToken: string;
  readonly refreshToken: string;
  /** What replies have told this player. */
  readonly pool: Pool;
}

/** What a call did, seen from outside. */
export interface Outcome {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Keys of the rows that it wrote, as `pk|sk`. */
  readonly written: readonly string[];
  /** What `TestWorld.call` threw: a handler that broke, or a success beyond its capacity budget. */
  readonly broken: string | undefined;
}

const OWN_SHARE = 0.65;
const FOREIGN_SHARE = 0.07;
const RECIPE_SHARE = 0.9;

/**
 * A world with players who own things, made by the endpoints themselves and by the recipes. Cases run in it one after
 * the other; `rewind` brings the table back to this state, so no case sees what another one did.
 */
export class Stage {
  readonly world: TestWorld;
  readonly mailbox = catchMails();
  readonly journal: TableJournal;
  readonly players = new Map<string, Player>();
  readonly #supplies = new Map<string, Supply>();
  readonly #closing: (() => Promise<void>)[] = [];
  readonly #handlers = new Map<string, HttpHandler>();
  readonly #preconditions = new Map<string, readonly Precondition[]>();

  private constructor(world: TestWorld) {
    this.world = world;
    this.journal = new TableJournal(world.client, world.tableName);
  }

  /** @param ids endpoints whose recipes are wanted; the rest are left out, which saves time. */
  static async open(ids?: ReadonlySet<string>): Promise<Stage> {
    const stage = new Stage(await startTestWorld({ store: settings.store }));
    const { clock } = stage.world;
    const startMs = clock.nowMs();
    clock.advance(-PAST_MS);
    await stage.#prepare(earlyRecipes, ids);
    clock.advance(startMs - clock.nowMs());
    for (const name of ['ana', 'bob', 'cyd', 'dov', 'eve']) await stage.cast(name);
    await stage.cast('boss', OPERATOR);
    await stage.#prepare(recipes, ids);
    await stage.world.deliver();
    for (const { actor } of stage.players.values()) await stage.world.stepUp(actor);
    stage.pause();
    await stage.journal.setBaseline();
    for (const player of stage.players.values()) await stage.#harvest(player);
    return stage;
  }

  async #prepare(all: readonly Recipe[], ids: ReadonlySet<string> | undefined): Promise<void> {
    for (const recipe of all) {
      if (ids && recipe.endpoints && !recipe.endpoints.some((id) => ids.has(id))) continue;
      this.pause();
      const precondition = (await recipe.prepare(this)) ?? {};
      for (const id of recipe.endpoints ?? []) {
        const before = recipe.isAlternative ? (this.#preconditions.get(id) ?? []) : [];
        this.#preconditions.set(id, [...before, precondition]);
      }
    }
  }

  player(name: string): Player {
    const player = this.players.get(name);
    if (!player) throw new Error(`there is no player ${name}`);
    return player;
  }

  /** Lets token buckets fill. */
  pause(): void {
    this.world.clock.advance(PAUSE_MS);
  }

  /** A new player, with account, live and proven session, and a character under play, by the name of `Run<name>`. */
  async cast(name: string, email = `${name}@players.test`): Promise<Player> {
    if (this.players.has(name)) throw new Error(`two recipes cast ${name}`);
    this.pause();
    const registered = await registerPlayer(this.world, this.mailbox, email);
    const { actor, tokens } = await logIn(this.world, registered);
    await this.world.deliver();
    const pool = new Pool();
    pool.harvest(tokens);
    for (const [field, value] of Object.entries({ email, password: TEST_PASSWORD, currentPassword: TEST_PASSWORD })) {
      pool.add(field, value);
    }
    const body = { name: `Run${name}`, classId: 'gunhand', originId: 'gutter-born', appearance: {} };
    const created = await this.must('character.create-character', { body }, actor);
    const { characterId } = created.body as { characterId: CharacterId };
    const selected = await this.must('character.select-character', { params: { characterId } }, actor);
    pool.harvest(created.body);
    const player: Player = {
      name,
      email,
      actor: { ...actor, characterId },
      accessToken: (selected.body as { accessToken: string }).accessToken,
      refreshToken: tokens.refreshToken,
      pool,
    };
    this.players.set(name, player);
    await this.world.stepUp(player.actor);
    await this.world.deliver();
    return player;
  }

  /** Asks every reading endpoint as this player and keeps what it says. */
  async #harvest(player: Player): Promise<void> {
    for (let round = 0; round < HARVESTS; round += 1) {
      for (const one of operations) {
        const { endpoint } = one;
        if (endpoint.method !== 'GET' || (endpoint.roles && player.name !== 'boss')) continue;
        const dice = diceOf('harvest', endpoint.id, round);
        const supply: Supply = (name, schema, with_) => player.pool.pick(name, schema, with_);
        const request = validRequest(one, dice, supply);
        const plain = round === 0 ? { ...request, query: {} } : request;
        const outcome = await this.send(endpoint, plain, player.actor);
        await this.journal.rewind();
        if (outcome.status < 300) player.pool.harvest(outcome.body);
      }
    }
  }

  async handlerOf(endpoint: EndpointBase): Promise<HttpHandler> {
    const known = this.#handlers.get(endpoint.id);
    if (known) return known;
    const entry = entryOf(endpoint as never);
    const { handler } = (await import(/* @vite-ignore */ `../../${entry}`)) as { handler: HttpHandler };
    this.#handlers.set(endpoint.id, handler);
    return handler;
  }

  /** What is made ready for an endpoint's case of this number. */
  #preconditionOf({ id }: EndpointBase, index: number): Precondition {
    const all = this.#preconditions.get(id) ?? [];
    return all[index % Math.max(1, all.length)] ?? {};
  }

  /** Who calls this endpoint as it is meant to be called, in its case of this number. */
  callerOf({ endpoint }: DocumentedOperation, index = 0): Player & { readonly actor: Actor } {
    const { caller, actor } = this.#preconditionOf(endpoint, index);
    const player = this.player(caller ?? (endpoint.roles ? 'boss' : 'ana'));
    return actor ? ({ ...player, actor } as Player) : player;
  }

  /** Real values for the fields of a request: of its recipe, the caller's own, now and then another player's. */
  supplyFor({ endpoint }: DocumentedOperation, caller: Player, index = 0): Supply {
    const precondition = this.#preconditionOf(endpoint, index);
    const key = `${endpoint.id} ${this.#preconditions.get(endpoint.id)?.indexOf(precondition)}`;
    const known = this.#supplies.get(key) ?? this.#newSupply(precondition, caller);
    this.#supplies.set(key, known);
    return known;
  }

  #newSupply({ values = {} }: Precondition, caller: Player): Supply {
    const prepared = new Pool();
    for (const [name, known] of Object.entries(typeof values === 'function' ? values() : values))
      for (const value of known) prepared.add(name, value);
    const others = [...this.players.values()].filter(({ name }) => name !== caller.name);
    return (name: string, schema: JsonSchema, dice: Dice) => {
      const fromRecipe = dice.chance(RECIPE_SHARE) ? prepared.pick(name, schema, dice) : undefined;
      if (fromRecipe !== undefined) return fromRecipe;
      const roll = dice.int(0, 99) / 100;
      if (roll < OWN_SHARE) return caller.pool.pick(name, schema, dice);
      return roll < OWN_SHARE + FOREIGN_SHARE ? dice.pick(others).pool.pick(name, schema, dice) : undefined;
    };
  }

  /** Sends a request through the endpoint's real handler and pipeline. */
  async send(endpoint: EndpointBase, request: FuzzRequest, actor?: Actor): Promise<Outcome> {
    const before = new Set(this.journal.touched());
    const handler = await this.handlerOf(endpoint);
    let reply: CallResult | undefined;
    let broken: string | undefined;
    try {
      reply = await this.world.call(handler, endpoint, { ...request, ...(actor ? { actor } : {}) });
    } catch (error) {
      broken = error instanceof Error ? error.message : String(error);
    }
    return {
      status: reply?.status ?? 0,
      text: reply?.text ?? '',
      headers: reply?.headers ?? {},
      body: reply?.body,
      written: this.journal.touched().filter((key) => !before.has(key)),
      broken,
    };
  }

  /**
   * Sends a request that has to succeed.
   * @throws Error when it does not.
   */
  async must(id: string, request: FuzzRequest, actor?: Actor): Promise<Outcome> {
    const { endpoint } = operation(id);
    const key = endpoint.idempotency === 'key' ? { idempotencyKey: createId('opr') } : {};
    const outcome = await this.send(endpoint, { ...key, ...request }, actor);
    if (outcome.broken || outcome.status === 0 || outcome.status >= 300) {
      throw new Error(`${id} answered ${outcome.status} ${outcome.broken ?? outcome.text}`);
    }
    return outcome;
  }

  /**
   * Sends this player's valid requests, with the given values where they fit, until one succeeds.
   * @throws Error when none does.
   */
  async bring(id: string, name: string, values: Readonly<Record<string, readonly unknown[]>> = {}): Promise<Outcome> {
    const wanted = operation(id);
    const known = new Pool();
    for (const [field, all] of Object.entries(values)) for (const value of all) known.add(field, value);
    let outcome: Outcome | undefined;
    const { actor } = this.player(name);
    for (let index = 0; index < BRING_TRIES; index += 1) {
      this.pause();
      if (wanted.endpoint.stepUp) await this.world.stepUp(actor);
      const supply: Supply = (field, schema, dice) => known.pick(field, schema, dice);
      const request = validRequest(wanted, diceOf('bring', id, index), supply);
      outcome = await this.send(wanted.endpoint, request, actor);
      if (outcome.status >= 200 && outcome.status < 300) return outcome;
    }
    throw new Error(`${id} answered ${outcome?.status} ${outcome?.broken ?? outcome?.text}`);
  }

  /** Does this when the stage closes. */
  onClose(step: () => Promise<void>): void {
    this.#closing.push(step);
  }

  async close(): Promise<void> {
    for (const step of this.#closing) await step();
    this.mailbox.undo();
    await this.world.stop();
  }
}
