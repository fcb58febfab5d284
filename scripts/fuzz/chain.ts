import { authorized, isGuarded, tokenOf } from './gateway.ts';
import { invalidRequest } from './invalid-request.ts';
import { freshKey } from './matrix.ts';
import { type DocumentedOperation, operation, operations } from './operations.ts';
import { codeOf, complaints, invalidComplaints } from './oracle.ts';
import type { Pool } from './pool.ts';
import { diceOf } from './random.ts';
import { settings } from './settings.ts';
import type { Outcome, Player, Stage } from './stage.ts';
import { type FuzzRequest, validRequest } from './valid-request.ts';
import type { Supply } from './values.ts';

/** Ana and Bob play against each other, the operator comes by. */
const CAST = ['ana', 'bob', 'ana', 'bob', 'cyd', 'ana', 'bob', 'boss'] as const;
const OWN_SHARE = 0.6;
const FOREIGN_SHARE = 0.2;

/** One call of a chain. It says everything about itself, so that leaving out others does not change it. */
export interface Step {
  readonly salt: string;
  readonly who: string;
  readonly id: string;
  readonly kind: 'valid' | 'invalid' | 'repeat';
  /** Milliseconds that pass before it. */
  readonly waitMs: number;
  /** Whether what happened is told to all subscribers before it. */
  readonly deliver: boolean;
}

export interface ChainFailure {
  readonly step: Step;
  readonly wrong: readonly string[];
  readonly sent: FuzzRequest;
  readonly outcome: Outcome;
}

interface Mind {
  readonly player: Player;
  readonly pool: Pool;
  password: string;
  token: string;
  last: { operation: DocumentedOperation; request: FuzzRequest; outcome: Outcome } | undefined;
}

/** The steps of a chain, drawn from the seed. */
export function drawSteps(seed: number, chain: number, count: number): Step[] {
  const dice = diceOf(seed, 'chain', chain);
  const player = operations.filter(({ endpoint }) => !endpoint.roles);
  return Array.from({ length: count }, (_none, index) => {
    const who = dice.pick(CAST);
    const from = who === 'boss' && dice.chance(0.7) ? operations.filter(({ endpoint }) => endpoint.roles) : player;
    return {
      salt: `${chain}.${index}`,
      who,
      id: dice.pick(from).endpoint.id,
      kind: dice.chance(0.85) ? 'valid' : dice.chance(0.5) ? 'invalid' : 'repeat',
      waitMs: dice.chance(0.1) ? dice.int(0, 60_000) : dice.int(0, 300),
      deliver: dice.chance(0.15),
    };
  });
}

/** Runs chains in a stage, each from the baseline. What replies tell a player feeds that player's next requests. */
export class ChainRunner {
  readonly #stage: Stage;
  readonly answers: Record<string, number> = {};
  calls = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** The first step that broke a rule; undefined when all went well. The world is as before afterwards. */
  async run(steps: readonly Step[]): Promise<ChainFailure | undefined> {
    const { world, journal } = this.#stage;
    const startedMs = world.clock.nowMs();
    const minds = new Map<string, Mind>();
    for (const player of this.#stage.players.values()) {
      const [password] = player.pool.candidates('password', { type: 'string' }) as [string];
      const token = await tokenOf(this.#stage, player);
      minds.set(player.name, { player, pool: player.pool.clone(), password, token, last: undefined });
    }
    try {
      for (const step of steps) {
        const failure = await this.#step(step, minds);
        if (failure) return failure;
      }
      return undefined;
    } finally {
      // Events of a chain that was cut short must not reach the next one.
      await world.deliver().catch(() => {});
      await journal.rewind();
      world.clock.advance(startedMs - world.clock.nowMs());
    }
  }

  async #step(step: Step, minds: ReadonlyMap<string, Mind>): Promise<ChainFailure | undefined> {
    const { world } = this.#stage;
    const mind = minds.get(step.who)!;
    world.clock.advance(step.waitMs);
    const nothing: Outcome = { status: 0, text: '', headers: {}, body: undefined, written: [], broken: undefined };
    if (step.deliver) {
      try {
        await world.deliver();
      } catch (error) {
        return { step, wrong: [`a subscriber broke: ${(error as Error).message}`], sent: {}, outcome: nothing };
      }
    }
    const op = operation(step.id);
    const repeated = step.kind === 'repeat' ? mind.last : undefined;
    const sent = repeated ? repeated.request : this.#request(step, op, mind, minds);
    const target = repeated?.operation ?? op;
    const actor = isGuarded(target.endpoint) ? await this.#enter(mind) : undefined;
    if (isGuarded(target.endpoint) && !actor) return undefined;
    const outcome = await this.#stage.send(target.endpoint, sent, actor);
    this.calls += 1;
    const answer = `${outcome.status} ${codeOf(outcome)}`.trim();
    this.answers[answer] = (this.answers[answer] ?? 0) + 1;
    const wrong = [
      ...complaints(target, outcome),
      ...(step.kind === 'invalid' && outcome.status !== 429 && outcome.status !== 401 && outcome.status !== 403
        ? invalidComplaints(outcome)
        : []),
      ...(repeated ? repetitionComplaints(target, repeated.outcome, outcome) : []),
    ];
    if (wrong.length > 0) return { step, wrong, sent, outcome };
    this.#learn(mind, target, sent, outcome);
    return undefined;
  }

  #request(step: Step, op: DocumentedOperation, mind: Mind, minds: ReadonlyMap<string, Mind>): FuzzRequest {
    const dice = diceOf(settings.seed, step.salt, step.id);
    const others = [...minds.values()].filter((one) => one !== mind);
    const supply: Supply = (name, schema, with_) => {
      const roll = with_.int(0, 99) / 100;
      if (roll < OWN_SHARE) return mind.pool.pick(name, schema, with_);
      return roll < OWN_SHARE + FOREIGN_SHARE ? with_.pick(others).pool.pick(name, schema, with_) : undefined;
    };
    const valid = freshKey(validRequest(op, dice, supply));
    return step.kind === 'invalid' ? invalidRequest(op, valid, dice, dice.int(0, 99)).request : valid;
  }

  /** Whom the authorizer names for the player's token; a player whose session has ended logs in again. */
  async #enter(mind: Mind) {
    const known = await authorized(`Bearer ${mind.token}`);
    if (known) return known;
    const body = { email: mind.player.email, password: mind.password };
    const login = await this.#stage.send(operation('auth.login').endpoint, { body });
    const token = (login.body as { accessToken?: string } | undefined)?.accessToken;
    if (!token) return undefined;
    mind.token = token;
    mind.pool.harvest(login.body);
    const actor = await authorized(`Bearer ${token}`);
    const { characterId } = mind.player.actor;
    const select = await this.#stage.send(
      operation('character.select-character').endpoint,
      { params: { characterId } },
      actor,
    );
    mind.token = (select.body as { accessToken?: string } | undefined)?.accessToken ?? token;
    return authorized(`Bearer ${mind.token}`);
  }

  #learn(mind: Mind, target: DocumentedOperation, request: FuzzRequest, outcome: Outcome): void {
    mind.last = { operation: target, request, outcome };
    if (outcome.status >= 300) return;
    mind.pool.harvest(outcome.body);
    const { accessToken } = (outcome.body ?? {}) as { accessToken?: string };
    if (accessToken && isGuarded(target.endpoint)) mind.token = accessToken;
    const { newPassword } = (request.body ?? {}) as { newPassword?: string };
    if (newPassword && isGuarded(target.endpoint)) mind.password = newPassword;
  }
}

/** The same call again: with an Idempotency-Key it answers the first one's bytes and has no second effect. */
function repetitionComplaints({ endpoint }: DocumentedOperation, first: Outcome, second: Outcome): string[] {
  if (endpoint.idempotency !== 'key' || first.status >= 300 || second.status === 429) return [];
  // The session or the character may have changed in between: then the call is refused before it is recognized.
  if (second.status === 401 || second.status === 403 || second.status === 409) return [];
  return [
    ...(first.text === second.text ? [] : [`a repetition answered ${second.text}, the first call ${first.text}`]),
    ...(second.written.every((key) => key.startsWith('RATE#')) ? [] : [`a repetition wrote ${second.written}`]),
  ];
}

const MOST_RUNS = 80;

/** Leaves out steps as long as the same endpoint still breaks; delta debugging, bounded. */
export async function shrink(
  runner: ChainRunner,
  steps: readonly Step[],
  failure: ChainFailure,
): Promise<{ steps: readonly Step[]; failure: ChainFailure }> {
  // Nothing after the step that broke has happened.
  let best = { steps: steps.slice(0, steps.indexOf(failure.step) + 1), failure };
  let runs = 0;
  for (let size = Math.ceil(steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < best.steps.length && runs < MOST_RUNS; ) {
      const fewer = [...best.steps.slice(0, at), ...best.steps.slice(at + size)];
      runs += 1;
      const again = fewer.length > 0 ? await runner.run(fewer) : undefined;
      if (again?.step.id === failure.step.id && kindOf(again) === kindOf(failure))
        best = { steps: fewer, failure: again };
      else at += size;
    }
  }
  return best;
}

/** What broke, without the ids and numbers of this run. */
function kindOf({ wrong }: ChainFailure): string {
  return wrong[0]!.replace(/[a-z]{3}_[0-9A-Z]{26}|\d+|[A-Za-z0-9_-]{43}/g, '').slice(0, 60);
}
