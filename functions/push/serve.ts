import { gatewayTopics } from '#functions/topics.ts';
import { clock } from '#shared/kernel/clock.ts';
import type { AccountId, SessionId } from '#shared/kernel/ids.ts';
import { type ClientFrame, type Frame, frame, HEART_BEAT } from '#shared/stomp/frame.ts';
import { parseClientMessage } from '#shared/stomp/parse.ts';
import { serializeFrame } from '#shared/stomp/serialize.ts';
import { connectedFrame, decideFrame, errorFrame, type Instruction } from '#shared/stomp/session.ts';
import { log } from '#shared/telemetry/log.ts';
import { Answers } from './answers.ts';
import { audienceChecks, type Listener, mayEnd } from './audiences.ts';
import { closeConnection } from './close.ts';
import {
  findTopic,
  messageFrame,
  type Replay,
  reconnectAgeMs,
  reconnectFrame,
  replayOf,
  shardOf,
  socketLimits,
  type TopicMatch,
} from './rules.ts';
import {
  addSubscription,
  type Connection,
  forgetConnection,
  getConnection,
  getConnectionAndSession,
  markGreeted,
  removeSubscription,
} from './store.ts';
import { getHead, listTail } from './store-topics.ts';

/** Who has sent a message, as the gateway repeats it from `$connect`. */
export interface Client {
  readonly connectionId: string;
  readonly accountId: AccountId;
  readonly sessionId: SessionId;
}

/** The connection has ended while it was served; nothing more is done for it. */
class Ended extends Error {}

/** Frames of one connection may be served at the same moment: who comes second decides anew, at most so often. */
const TRIES = 4;

/**
 * Serves one WebSocket message: all its frames in order, until one ends the connection. Each message is served only
 * while its session is live. A failure of ours ends the connection too: the client comes back and resumes.
 * @returns what the gateway is to send back; the rest has been posted.
 */
export async function serveMessage(client: Client, message: Uint8Array): Promise<string | undefined> {
  const service = new Service(client);
  try {
    return await service.serve(message);
  } catch (error) {
    if (error instanceof Ended) return undefined;
    const farewell = errorFrame('socket.unavailable', 'Something went wrong on our side. Connect again.');
    await closeConnection(client, farewell).catch((another: Error) =>
      log().warn('socket not closed', { connectionId: client.connectionId, error: another }),
    );
    throw error;
  }
}

/** The service of one message. */
class Service {
  private readonly client: Client;
  private readonly answers: Answers;

  constructor(client: Client) {
    this.client = client;
    this.answers = new Answers(client.connectionId);
  }

  async serve(message: Uint8Array): Promise<string | undefined> {
    const { accountId, sessionId } = this.client;
    const { frames, heartBeats, fault } = parseClientMessage(message);
    if (fault) return this.end(errorFrame('socket.frame_malformed', fault.message));
    const found = await getConnectionAndSession(this.client, clock.nowMs());
    const { session } = found;
    if (session?.state !== 'ACTIVE') {
      const reason = session?.closeReason;
      return this.end(errorFrame('socket.session_ended', 'This session has ended.', undefined, reason));
    }
    const listener: Listener = { accountId, sessionId, characterId: session.characterId };
    let connection = await this.registered(found.connection);
    for (const one of frames) connection = await this.serveFrame(connection, listener, one);
    if (frames.length === 0 && heartBeats > 0) {
      await this.send(HEART_BEAT);
      await this.remind(connection);
    }
    return this.answers.takeLast();
  }

  /** The gateway ends a connection after 2 hours, whatever happens on it: an old one is told to bring the next about. */
  private async remind({ connectionId, greeted, connectedAtMs }: Connection): Promise<void> {
    const ageMs = clock.nowMs() - connectedAtMs;
    if (!greeted || ageMs < reconnectAgeMs(connectionId)) return;
    await this.send(reconnectFrame(connectionId, socketLimits.gatewayCapMs - ageMs));
  }

  /** The connection, unless it is not ours any more: closed, or replaced by a newer one of the account. */
  private async registered(connection: Connection | undefined): Promise<Connection> {
    return connection ?? this.end(errorFrame('socket.replaced', 'This connection has been replaced.'));
  }

  private async send(what: Frame | typeof HEART_BEAT): Promise<void> {
    if (await this.answers.add(what === HEART_BEAT ? what : serializeFrame(what))) return;
    await forgetConnection(this.client);
    throw new Ended();
  }

  private async end(last?: Frame): Promise<never> {
    await this.answers.flush();
    await closeConnection(this.client, last);
    throw new Ended();
  }

  private async acknowledge(
    receipt: string | undefined,
    more: Readonly<Record<string, string | number | undefined>> = {},
  ): Promise<void> {
    if (receipt !== undefined) await this.send(frame('RECEIPT', { 'receipt-id': receipt, ...more }));
  }

  /** @returns the connection as the frame has left it. */
  private async serveFrame(from: Connection, listener: Listener, what: ClientFrame): Promise<Connection> {
    let connection = from;
    for (let tries = 1; tries <= TRIES; tries += 1) {
      const subscriptions = new Map(connection.subscriptions.map((one) => [one.subscriptionId, one.destination]));
      const instruction = decideFrame({ connected: connection.greeted, subscriptions }, what);
      const changed = await this.carryOut(connection, listener, what, instruction);
      if (changed) return changed;
      connection = await this.registered(await getConnection(this.client, clock.nowMs()));
    }
    throw new Error(`a ${what.command} was overtaken ${TRIES} times by others of its connection`);
  }

  /** @returns the changed connection; undefined when another frame had changed it in between. */
  private async carryOut(
    connection: Connection,
    listener: Listener,
    from: ClientFrame,
    instruction: Instruction,
  ): Promise<Connection | undefined> {
    const { connectionId } = connection;
    switch (instruction.kind) {
      case 'connect':
        if (!(await markGreeted(connection))) return undefined;
        await this.send(connectedFrame(connectionId, instruction.heartBeat, reconnectAgeMs(connectionId)));
        return { ...connection, greeted: true };
      case 'subscribe': {
        const match = await authorized(listener, instruction.destination);
        return match ? this.subscribe(connection, match, instruction, from) : this.end(refusedDestination(from));
      }
      case 'unsubscribe': {
        const ended = connection.subscriptions.find((one) => one.subscriptionId === instruction.id);
        if (ended) await removeSubscription(connection, ended);
        await this.acknowledge(instruction.receipt);
        return { ...connection, subscriptions: connection.subscriptions.filter((one) => one !== ended) };
      }
      case 'acknowledge':
        await this.acknowledge(instruction.receipt);
        return connection;
      case 'disconnect':
        await this.acknowledge(instruction.receipt);
        return this.end();
      case 'refuse':
        return this.end(instruction.reply);
    }
  }

  private async belongsStill(destination: string): Promise<boolean> {
    const { accountId, sessionId } = this.client;
    const { session } = await getConnectionAndSession(this.client, clock.nowMs());
    if (session?.state !== 'ACTIVE') return false;
    return (await authorized({ accountId, sessionId, characterId: session.characterId }, destination)) !== undefined;
  }

  /**
   * Subscribes first and reads what was missed second: what is published in between comes live, perhaps also with the
   * replay, and never not at all. Who may stop to belong to the audience is judged once more then: whoever ends their
   * subscriptions has either met this one, or has come before and is seen here.
   */
  private async subscribe(
    connection: Connection,
    { topic }: TopicMatch,
    { id, destination, lastSeq, receipt }: Instruction & { kind: 'subscribe' },
    from: ClientFrame,
  ): Promise<Connection | undefined> {
    const subscription = { subscriptionId: id, destination, shard: shardOf(topic, connection.connectionId) };
    if (!(await addSubscription(connection, subscription))) return undefined;
    if (mayEnd(topic.audience) && !(await this.belongsStill(destination))) {
      await removeSubscription(connection, subscription);
      return this.end(refusedDestination(from));
    }
    const head = lastSeq !== undefined || receipt !== undefined ? await getHead(destination) : 0;
    let replay: Replay = { messages: [], gap: false };
    if (lastSeq !== undefined && lastSeq !== head) {
      const after = lastSeq > head ? 0 : lastSeq;
      replay = replayOf(await listTail(topic, destination, { after, nowMs: clock.nowMs() }), head, lastSeq);
    }
    for (const [index, message] of replay.messages.entries()) {
      await this.send(messageFrame(message, id, replay.gap && index === 0));
    }
    await this.acknowledge(receipt, {
      seq: Math.max(head, replay.messages.at(-1)?.seq ?? 0),
      'replay-gap': replay.gap ? 'true' : undefined,
    });
    return { ...connection, subscriptions: [...connection.subscriptions, subscription] };
  }
}

/** One that there is not, or that is not for who asks. */
function refusedDestination(from: ClientFrame): Frame {
  return errorFrame('socket.destination_refused', 'There is no such destination for you.', from);
}

/** The topic of a destination, if the listener belongs to its audience: unknown and forbidden look alike. */
async function authorized(listener: Listener, destination: string): Promise<TopicMatch | undefined> {
  const match = findTopic(gatewayTopics, destination);
  const allows = match && audienceChecks[match.topic.audience];
  return allows && (await allows(match.params, listener)) ? match : undefined;
}
