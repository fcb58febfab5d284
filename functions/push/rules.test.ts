import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { domains } from '#functions/domains.ts';
import { gatewayTopics } from '#functions/topics.ts';
import { createId } from '#shared/kernel/ids.ts';
import { audienceChecks } from './audiences.ts';
import {
  choosePlace,
  findTopic,
  freeSlot,
  messageFrame,
  type Place,
  replayOf,
  socketLimits,
  type TopicMessage,
} from './rules.ts';

describe('topics of the socket', () => {
  it('are exactly those that the domains declare for it', () => {
    const declared = domains.flatMap((domain) => domain.topics).filter((topic) => topic.transport === 'gateway');
    expect(new Set(gatewayTopics)).toEqual(new Set(declared));
    expect(gatewayTopics.length).toBeGreaterThan(0);
  });

  it('have an audience that can be decided, and a replay within bounds', () => {
    for (const topic of gatewayTopics) {
      expect(audienceChecks[topic.audience], topic.destination).toBeDefined();
      expect(topic.replay.messages).toBeGreaterThan(0);
      expect(topic.replay.messages).toBeLessThanOrEqual(100);
    }
  });
});

describe('findTopic', () => {
  it('takes the placeholders out of a destination', () => {
    const accountId = createId('acc');
    const match = findTopic(gatewayTopics, `/topic/player/${accountId}/friends`);
    expect(match?.topic.destination).toBe('/topic/player/{accountId}/friends');
    expect(match?.params).toEqual({ accountId });
  });

  it.each([
    '/topic/player//friends',
    '/topic/player/a/b/friends',
    '/topic/player/a/friends/',
    ' /topic/player/a/friends',
    '/topic/player/a#b/friends',
    '/topic/player/a~0/friends',
    '/topic/player/{accountId}/friends',
    `/topic/player/${'x'.repeat(65)}/friends`,
    '/topic/server/announcements/x',
    '/topic/zone/docks/chat',
    '',
  ])('does not know %j', (destination) => {
    expect(findTopic(gatewayTopics, destination)).toBeUndefined();
  });
});

describe('audiences', () => {
  const me = { accountId: createId('acc'), sessionId: createId('ses'), characterId: createId('chr') };

  it('let only the owner in', async () => {
    expect(await audienceChecks['owner-account']!({ accountId: me.accountId }, me)).toBe(true);
    expect(await audienceChecks['owner-account']!({ accountId: createId('acc') }, me)).toBe(false);
    expect(await audienceChecks['owner-character']!({ characterId: me.characterId }, me)).toBe(true);
    expect(await audienceChecks['owner-character']!({ characterId: createId('chr') }, me)).toBe(false);
    const nobody = { ...me, characterId: undefined };
    expect(await audienceChecks['owner-character']!({ characterId: me.characterId }, nobody)).toBe(false);
  });

  it('have no answer for groups that do not exist yet', () => {
    expect(audienceChecks.guild ?? audienceChecks.zone).toBeUndefined();
  });
});

describe('choosePlace', () => {
  const NOW = 1_000_000;
  const full = Array.from(
    { length: socketLimits.connectionsPerAccount },
    (_none, place): Place => ({
      place,
      connectionId: `c${place}`,
      sessionId: 's',
      connectedAtMs: NOW - 100 + ((place + 3) % 5),
      expiresAtMs: NOW + 100,
    }),
  );

  it('takes the first free place', () => {
    expect(choosePlace([], NOW)).toEqual({ place: 0, occupant: undefined, displaces: false });
    expect(choosePlace(full.slice(0, 2), NOW)).toMatchObject({ place: 2, displaces: false });
  });

  it('takes over a stale place without displacing anybody', () => {
    const places = full.map((one) => (one.place === 3 ? { ...one, expiresAtMs: NOW } : one));
    expect(choosePlace(places, NOW)).toEqual({ place: 3, occupant: places[3], displaces: false });
  });

  it('displaces the oldest when all are taken', () => {
    expect(choosePlace(full, NOW)).toEqual({ place: 2, occupant: full[2], displaces: true });
  });
});

describe('freeSlot', () => {
  it('finds one of the free slots, whichever are taken', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 31 }), { maxLength: 31 }), fc.nat(), (taken, pick) => {
        const slot = freeSlot(new Set(taken), { int: (min, max) => min + (pick % (max - min + 1)) });
        expect(slot).toBeGreaterThanOrEqual(0);
        expect(slot).toBeLessThan(32);
        expect(taken).not.toContain(slot);
      }),
    );
  });
});

describe('replayOf', () => {
  const tail = (...seqs: number[]): TopicMessage[] =>
    seqs.map((seq) => ({ destination: '/topic/a', seq, pushId: `p${seq}`, body: '{}' }));

  it.each([
    ['nothing missed', tail(4, 5), 5, 5, [], false],
    ['some missed, all there', tail(4, 5), 5, 3, [4, 5], false],
    ['some missed, some gone', tail(4, 5), 5, 2, [4, 5], true],
    ['some missed, all gone', tail(), 5, 3, [], true],
    ['everything from the start', tail(1, 2), 2, 0, [1, 2], false],
    ['nothing ever said', tail(), 0, 0, [], false],
    ['a client from another world', tail(1, 2), 2, 9, [1, 2], true],
  ] as const)('%s', (_what, messages, head, lastSeq, seqs, gap) => {
    const replay = replayOf(messages, head, lastSeq);
    expect(replay.messages.map(({ seq }) => seq)).toEqual(seqs);
    expect(replay.gap).toBe(gap);
  });

  it('says gap exactly when a number between is missing', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(50), fc.nat(50), (head, kept, last) => {
        const lastSeq = Math.min(last, head);
        const first = Math.max(1, head - kept + 1);
        const messages = tail(...Array.from({ length: head - first + 1 }, (_none, index) => first + index));
        const replay = replayOf(messages, head, lastSeq);
        const got = new Set(replay.messages.map(({ seq }) => seq));
        const wanted = Array.from({ length: head - lastSeq }, (_none, index) => lastSeq + 1 + index);
        expect(replay.gap).toBe(wanted.some((seq) => !got.has(seq)));
      }),
    );
  });
});

describe('messageFrame', () => {
  it('carries what a client needs to resume', () => {
    const message = { destination: '/topic/a', seq: 7, pushId: 'psh_1', body: '{"a":1}' };
    expect(Object.fromEntries(messageFrame(message, 'sub-1').headers)).toEqual({
      destination: '/topic/a',
      'message-id': 'psh_1',
      subscription: 'sub-1',
      seq: '7',
      'content-type': 'application/json',
    });
    expect(messageFrame(message, 'sub-1', true).headers.get('replay-gap')).toBe('true');
  });
});
