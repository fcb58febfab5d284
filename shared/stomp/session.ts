import { type ClientFrame, type Frame, frame } from './frame.ts';

/** Most subscriptions of one connection. */
export const MAX_SUBSCRIPTIONS = 32;
/** Longest subscription id in octets. */
export const MAX_SUBSCRIPTION_ID_BYTES = 64;
/** Longest destination and receipt id in octets. */
export const MAX_NAME_BYTES = 256;
/** How often we want a sign of life: well under the gateway's 10 idle minutes, and each one is billed. */
export const HEART_BEAT_MS = 240_000;

/** Why a well-formed frame is refused; stands in the `code` header of ERROR and never changes its meaning. */
export type RefusalCode =
  | 'socket.not_connected'
  | 'socket.already_connected'
  | 'socket.version_unsupported'
  | 'socket.header_invalid'
  | 'socket.subscription_exists'
  | 'socket.too_many_subscriptions'
  | 'socket.selector_unsupported'
  | 'socket.ack_unsupported'
  | 'socket.transaction_unsupported'
  | 'socket.send_refused'
  | 'socket.destination_refused'
  | 'socket.frame_malformed'
  | 'socket.session_ended'
  | 'socket.replaced'
  | 'socket.unavailable';

/** What is remembered of a connection between two frames. */
export interface StompSession {
  /** True from CONNECT on. */
  readonly connected: boolean;
  /** Destination of each subscription, by its id. */
  readonly subscriptions: ReadonlyMap<string, string>;
}

/** What a frame asks for; carrying it out, and answering `receipt` once that is done, is the caller's. */
export type Instruction =
  | { readonly kind: 'connect'; readonly heartBeat: HeartBeat }
  | {
      readonly kind: 'subscribe';
      readonly id: string;
      readonly destination: string;
      /** The last sequence number that the client has; undefined: it wants nothing of the past. */
      readonly lastSeq: number | undefined;
      readonly receipt: string | undefined;
    }
  | {
      readonly kind: 'unsubscribe';
      readonly id: string;
      readonly destination: string;
      readonly receipt: string | undefined;
    }
  /** Nothing to do but to answer the receipt. */
  | { readonly kind: 'acknowledge'; readonly receipt: string | undefined }
  | { readonly kind: 'disconnect'; readonly receipt: string | undefined }
  /** Send this, then close: STOMP has no other way to refuse. */
  | { readonly kind: 'refuse'; readonly reply: Frame<'ERROR'> };

/** The `heart-beat` header of CONNECTED: `outgoing` is what the client may expect of us, `incoming` what we want. */
export interface HeartBeat {
  readonly outgoingMs: number;
  readonly incomingMs: number;
}

/**
 * We have no timer of our own: we answer each heart-beat of the client with one. So we promise one as often as the
 * client will send one, and none to a client that sends none.
 */
export function negotiateHeartBeat(clientOutgoingMs: number): HeartBeat {
  return {
    outgoingMs: clientOutgoingMs === 0 ? 0 : Math.max(clientOutgoingMs, HEART_BEAT_MS),
    incomingMs: HEART_BEAT_MS,
  };
}

/**
 * An ERROR frame: `code` for programs, `message` for people, `receipt-id` of the frame that it answers; `reason` tells
 * within a code what was the cause.
 */
export function errorFrame(code: RefusalCode, message: string, cause?: ClientFrame, reason?: string): Frame<'ERROR'> {
  const receipt = cause?.headers.get('receipt');
  return frame('ERROR', {
    code,
    message,
    reason,
    'receipt-id': receipt !== undefined && fits(receipt, MAX_NAME_BYTES) ? receipt : undefined,
    version: code === 'socket.version_unsupported' ? '1.2' : undefined,
  });
}

/**
 * The answer to CONNECT.
 * @param reconnectInMs when the client should come back on a new connection, before the gateway ends this one.
 */
export function connectedFrame(connectionId: string, heartBeat: HeartBeat, reconnectInMs?: number): Frame<'CONNECTED'> {
  return frame('CONNECTED', {
    version: '1.2',
    session: connectionId,
    server: 'necpgame',
    'heart-beat': `${heartBeat.outgoingMs},${heartBeat.incomingMs}`,
    'reconnect-in-ms': reconnectInMs,
  });
}

function fits(text: string, mostBytes: number): boolean {
  return text !== '' && Buffer.byteLength(text) <= mostBytes;
}

class Refused extends Error {
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}

function required(from: ClientFrame, name: string, mostBytes: number): string {
  const value = from.headers.get(name);
  if (value === undefined || !fits(value, mostBytes)) {
    throw new Refused('socket.header_invalid', `${from.command} needs a ${name} header of 1 to ${mostBytes} octets.`);
  }
  return value;
}

function receiptOf(from: ClientFrame): string | undefined {
  return from.headers.has('receipt') ? required(from, 'receipt', MAX_NAME_BYTES) : undefined;
}

function lastSeqOf(from: ClientFrame): number | undefined {
  const text = from.headers.get('last-seq');
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new Refused('socket.header_invalid', 'last-seq is not a whole number.');
  return Number(text);
}

function decideConnect(from: ClientFrame): Instruction {
  const versions = (from.headers.get('accept-version') ?? '1.0').split(',').map((version) => version.trim());
  if (!versions.includes('1.2')) {
    throw new Refused('socket.version_unsupported', 'This server speaks STOMP 1.2 only.');
  }
  const beat = /^(\d{1,9}),(\d{1,9})$/.exec(from.headers.get('heart-beat') ?? '0,0');
  if (!beat) throw new Refused('socket.header_invalid', 'heart-beat is not two numbers of milliseconds.');
  return { kind: 'connect', heartBeat: negotiateHeartBeat(Number(beat[1])) };
}

function decideSubscribe(session: StompSession, from: ClientFrame): Instruction {
  const id = required(from, 'id', MAX_SUBSCRIPTION_ID_BYTES);
  const destination = required(from, 'destination', MAX_NAME_BYTES);
  const receipt = receiptOf(from);
  const lastSeq = lastSeqOf(from);
  if (from.headers.has('selector')) {
    throw new Refused('socket.selector_unsupported', 'Subscriptions have no selectors.');
  }
  if ((from.headers.get('ack') ?? 'auto') !== 'auto') {
    throw new Refused('socket.ack_unsupported', 'The only ack mode is auto: a client resumes with last-seq.');
  }
  if (session.subscriptions.has(id)) {
    throw new Refused('socket.subscription_exists', 'This subscription id is in use.');
  }
  if (session.subscriptions.size >= MAX_SUBSCRIPTIONS) {
    throw new Refused('socket.too_many_subscriptions', `A connection has at most ${MAX_SUBSCRIPTIONS} subscriptions.`);
  }
  return { kind: 'subscribe', id, destination, lastSeq, receipt };
}

function decideUnsubscribe(session: StompSession, from: ClientFrame): Instruction {
  const id = required(from, 'id', MAX_SUBSCRIPTION_ID_BYTES);
  const receipt = receiptOf(from);
  const destination = session.subscriptions.get(id);
  // Repeating it is harmless: the state that it asks for holds already.
  return destination === undefined
    ? { kind: 'acknowledge', receipt }
    : { kind: 'unsubscribe', id, destination, receipt };
}

function decide(session: StompSession, from: ClientFrame): Instruction {
  const { command } = from;
  if (command === 'CONNECT' || command === 'STOMP') {
    if (session.connected) throw new Refused('socket.already_connected', 'This connection is connected already.');
    return decideConnect(from);
  }
  if (!session.connected) throw new Refused('socket.not_connected', 'Send CONNECT first.');
  switch (command) {
    case 'SUBSCRIBE':
      return decideSubscribe(session, from);
    case 'UNSUBSCRIBE':
      return decideUnsubscribe(session, from);
    case 'DISCONNECT':
      return { kind: 'disconnect', receipt: receiptOf(from) };
    case 'SEND':
      throw new Refused('socket.send_refused', 'No destination of this socket takes messages: use the HTTP API.');
    case 'ACK':
    case 'NACK':
      throw new Refused('socket.ack_unsupported', 'Nothing waits for an acknowledgement: the ack mode is auto.');
    case 'BEGIN':
    case 'COMMIT':
    case 'ABORT':
      throw new Refused('socket.transaction_unsupported', 'This server has no transactions.');
  }
}

/** What a frame does to a connection in this state. Pure and total: every frame has an answer. */
export function decideFrame(session: StompSession, from: ClientFrame): Instruction {
  try {
    return decide(session, from);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { kind: 'refuse', reply: errorFrame(error.code, error.message, from) };
  }
}
