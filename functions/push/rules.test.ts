import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { domains } from '#functions/domains.ts';
import { gatewayTopics } from '#functions/topics.ts';
import { createId } from '#shared/kernel/ids.ts';
import { audienceChecks } from './audiences.ts';
import {
  type ConnectionAge,
  findTopic,
  messageFrame,
  replayOf,
  socketLimits,
  surplusOf,
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
    expect(audienceChecks.zone).toBeUndefined();
  });
});

describe('surplusOf', () => {
  const NOW = 1_000_000;
  const connection = (n: number, connectedAtMs: number, expiresAtMs = NOW + 100): ConnectionAge => ({
    connectionId: `c${n}`,
    connectedAtMs,
    expiresAtMs,
  });
  const ids = (connections: readonly ConnectionAge[]) => connections.map(({ connectionId }) => connectionId);

  it('is nobody up to five', () => {
    const five = Array.from({ length: socketLimits.connectionsPerAccount }, (_none, n) => connection(n, NOW));
    expect(surplusOf(five, NOW)).toEqual({ displaced: [], expired: [] });
  });

  it('are the oldest beyond five; rows of those long gone count for nothing', () => {
    const six = [3, 1, 5, 2, 6, 4].map((n) => connection(n, NOW - n));
    const { displaced, expired } = surplusOf([...six, connection(7, NOW, NOW)], NOW);
    expect(ids(displaced)).toEqual(['c6']);
    expect(ids(expired)).toEqual(['c7']);
  });

  it('leaves the same five, in whatever order and however many are seen, once all are seen', () => {
    const ages = fc.uniqueArray(fc.record({ n: fc.nat(99), age: fc.nat(3) }), {
      selector: ({ n }) => n,
      maxLength: 12,
    });
    fc.assert(
      fc.property(ages, fc.nat(), (those, turn) => {
        const all = those.map(({ n, age }) => connection(n, NOW - age));
        const at = all.length === 0 ? 0 : turn % all.length;
        const turned = [...all.slice(at), ...all.slice(0, at)];
        const gone = new Set(ids(surplusOf(all, NOW).displaced));
        expect(new Set(ids(surplusOf(turned, NOW).displaced))).toEqual(gone);
        expect(all.length - gone.size).toBe(Math.min(all.length, socketLimits.connectionsPerAccount));
        // Who has seen only some of them sends nobody away who stays in the end.
        const some = turned.slice(0, Math.ceil(turned.length / 2));
        for (const id of ids(surplusOf(some, NOW).displaced)) expect(gone).toContain(id);
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
