import { describe, expect, it } from 'vitest';
import { type ClientCommand, clientCommands, frame } from './frame.ts';
import { decideFrame, HEART_BEAT_MS, MAX_SUBSCRIPTIONS, type RefusalCode, type StompSession } from './session.ts';

const fresh: StompSession = { connected: false, subscriptions: new Map() };
const connected: StompSession = { connected: true, subscriptions: new Map([['s1', '/topic/a']]) };

function decide(session: StompSession, command: ClientCommand, headers: Record<string, string> = {}) {
  return decideFrame(session, frame(command, headers));
}

function refusal(session: StompSession, command: ClientCommand, headers: Record<string, string> = {}) {
  const decided = decide(session, command, headers);
  return decided.kind === 'refuse' ? decided.reply.headers.get('code') : decided.kind;
}

describe('CONNECT', () => {
  it.each(['CONNECT', 'STOMP'] as const)('%s opens the session with what the stock client sends', (command) => {
    expect(decide(fresh, command, { 'accept-version': '1.2,1.1,1.0', 'heart-beat': '10000,10000' })).toEqual({
      kind: 'connect',
      heartBeat: { outgoingMs: HEART_BEAT_MS, incomingMs: HEART_BEAT_MS },
    });
  });

  it('promises heart-beats only as often as the client sends its own', () => {
    const beat = (header: string) =>
      decide(fresh, 'CONNECT', { 'accept-version': '1.2', 'heart-beat': header, host: '/' });
    expect(beat('0,5000')).toMatchObject({ heartBeat: { outgoingMs: 0 } });
    expect(beat('300000,1000')).toMatchObject({ heartBeat: { outgoingMs: 300_000 } });
  });

  it('refuses older versions and names its own', () => {
    const decided = decide(fresh, 'CONNECT', { 'accept-version': '1.0,1.1' });
    expect(decided).toMatchObject({ kind: 'refuse' });
    if (decided.kind === 'refuse') expect(decided.reply.headers.get('version')).toBe('1.2');
    expect(refusal(fresh, 'CONNECT')).toBe('socket.version_unsupported');
  });

  it.each(['1', 'a,b', '1,2,3', '-1,0', '9999999999,0', ''])('refuses heart-beat %j', (beat) => {
    expect(refusal(fresh, 'CONNECT', { 'accept-version': '1.2', 'heart-beat': beat })).toBe('socket.header_invalid');
  });

  it('refuses a second one', () => {
    expect(refusal(connected, 'CONNECT', { 'accept-version': '1.2' })).toBe('socket.already_connected');
  });

  it.each(clientCommands.filter((command) => command !== 'CONNECT' && command !== 'STOMP'))(
    'must come before %s',
    (command) => {
      expect(refusal(fresh, command, { id: 's1', destination: '/topic/a' })).toBe('socket.not_connected');
    },
  );
});

describe('SUBSCRIBE', () => {
  const good = { id: 's2', destination: '/topic/b' };

  it('asks for the destination, with receipt and last-seq', () => {
    expect(decide(connected, 'SUBSCRIBE', { ...good, receipt: 'r', 'last-seq': '41', ack: 'auto' })).toEqual({
      kind: 'subscribe',
      id: 's2',
      destination: '/topic/b',
      lastSeq: 41,
      receipt: 'r',
    });
  });

  it.each<[string, Record<string, string>, RefusalCode]>([
    ['without id', { destination: '/topic/b' }, 'socket.header_invalid'],
    ['with an empty id', { ...good, id: '' }, 'socket.header_invalid'],
    ['with an id of 65 octets', { ...good, id: 'x'.repeat(65) }, 'socket.header_invalid'],
    ['without destination', { id: 's2' }, 'socket.header_invalid'],
    ['with a destination of 257 octets', { ...good, destination: 'x'.repeat(257) }, 'socket.header_invalid'],
    ['with an empty receipt', { ...good, receipt: '' }, 'socket.header_invalid'],
    ['with last-seq below zero', { ...good, 'last-seq': '-1' }, 'socket.header_invalid'],
    ['with last-seq of 16 digits', { ...good, 'last-seq': '9'.repeat(16) }, 'socket.header_invalid'],
    ['with a selector', { ...good, selector: 'T(java.lang.Runtime)' }, 'socket.selector_unsupported'],
    ['with ack:client', { ...good, ack: 'client' }, 'socket.ack_unsupported'],
    ['with ack:client-individual', { ...good, ack: 'client-individual' }, 'socket.ack_unsupported'],
    ['with an id in use', { ...good, id: 's1' }, 'socket.subscription_exists'],
  ])('is refused %s', (_what, headers, code) => {
    expect(refusal(connected, 'SUBSCRIBE', headers)).toBe(code);
  });

  it('is refused above the limit', () => {
    const subscriptions = (count: number) => new Map(Array.from({ length: count }, (_, n) => [`s${n}`, '/topic/a']));
    const last = { connected: true, subscriptions: subscriptions(MAX_SUBSCRIPTIONS - 1) };
    const full = { connected: true, subscriptions: subscriptions(MAX_SUBSCRIPTIONS) };
    expect(refusal(last, 'SUBSCRIBE', { ...good, id: 'new' })).toBe('subscribe');
    expect(refusal(full, 'SUBSCRIBE', { ...good, id: 'new' })).toBe('socket.too_many_subscriptions');
  });
});

describe('the other frames', () => {
  it('UNSUBSCRIBE names the destination that ends', () => {
    expect(decide(connected, 'UNSUBSCRIBE', { id: 's1', receipt: 'r' })).toEqual({
      kind: 'unsubscribe',
      id: 's1',
      destination: '/topic/a',
      receipt: 'r',
    });
  });

  it('UNSUBSCRIBE of what is no subscription only answers the receipt', () => {
    expect(decide(connected, 'UNSUBSCRIBE', { id: 'no', receipt: 'r' })).toEqual({ kind: 'acknowledge', receipt: 'r' });
  });

  it('DISCONNECT ends with its receipt', () => {
    expect(decide(connected, 'DISCONNECT', { receipt: 'bye' })).toEqual({ kind: 'disconnect', receipt: 'bye' });
  });

  it.each<[ClientCommand, RefusalCode]>([
    ['SEND', 'socket.send_refused'],
    ['ACK', 'socket.ack_unsupported'],
    ['NACK', 'socket.ack_unsupported'],
    ['BEGIN', 'socket.transaction_unsupported'],
    ['COMMIT', 'socket.transaction_unsupported'],
    ['ABORT', 'socket.transaction_unsupported'],
  ])('%s is refused clearly', (command, code) => {
    expect(refusal(connected, command, { id: '1', destination: '/topic/a', transaction: 't' })).toBe(code);
  });

  it('a refusal answers the receipt of its frame', () => {
    const decided = decide(connected, 'SEND', { destination: '/topic/a', receipt: 'r7' });
    expect(decided.kind === 'refuse' && decided.reply.headers.get('receipt-id')).toBe('r7');
  });
});
