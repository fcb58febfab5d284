import { beforeAll, describe, expect, it } from 'vitest';
import { setPrivacy, viewPrivacy } from '#functions/account/contract.ts';
import type { Endpoint } from '#shared/contract/endpoint.ts';
import { createId, type IdPrefix } from '#shared/kernel/ids.ts';
import { type Answer, codeOf, eachInParallel, endpoints, sendValid, withoutRequestId } from './valid-request.ts';
import type { WebPlayer } from './web-player.ts';
import type { World } from './world.ts';

/** Path parameters that name no player's thing, each with what it names. */
const COMMON: Readonly<Record<string, string>> = {
  actId: 'what staff want to do, which all of them may decide on',
  campaignId: 'what operators have sent to many',
  index: 'a place in a mail, which is named beside it',
  owner: 'whom staff look at: every one that there is',
  layer: 'one of a zone that everybody may see',
  position: "a place in the caller's own list",
  provider: 'who vouches for identities, by configuration',
  questId: 'content',
  realmId: 'content',
  slotIndex: 'a place in a drop, which is named beside it',
  subject: 'what staff have looked at: everything that there is',
  vendorId: 'content',
  zoneId: 'content',
};

/** Path parameters that name a player's thing which takes two players to come about: the matrix of the fuzz has them. */
const MADE_BY_TWO = ['mailId', 'rollId', 'tradeId', 'transactionId'];

/** Shows anybody what its id names: who links an item means it to be seen. */
const PUBLIC = ['inventory.view-link'];

interface Owned {
  readonly prefix: IdPrefix;
  readonly of: (world: World) => string;
}

/** Path parameters that name a player's thing, each with one of Ana's. */
const OWNED: Readonly<Record<string, Owned>> = {
  accountId: { prefix: 'acc', of: ({ ana }) => ana.accountId },
  characterId: { prefix: 'chr', of: ({ ana }) => ana.characterId },
  combatId: { prefix: 'cbt', of: ({ trophy }) => trophy.combatId },
  dropId: { prefix: 'drp', of: ({ trophy }) => trophy.dropId },
  guildId: { prefix: 'gld', of: ({ guildId }) => guildId },
  itemId: { prefix: 'itm', of: ({ trophy }) => trophy.itemId },
  partyId: { prefix: 'pty', of: ({ partyId }) => partyId },
  sessionId: { prefix: 'ses', of: ({ ana }) => ana.sessionId },
};

const paramsOf = (path: string): string[] => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
const targets = endpoints.filter(({ path }) => paramsOf(path).some((name) => name in OWNED));
const secret = targets.filter(({ id }) => !PUBLIC.includes(id));

/**
 * Bob asks for Ana's things, by the very ids, at every endpoint that takes one. Whether an endpoint knows its ids at all
 * is asked by somebody whom it lets in: staff where it is theirs.
 */
export function describeForeignThings(world: () => World): void {
  const ask = (endpoint: Endpoint, { accessToken }: WebPlayer, idOf: (owned: Owned) => string): Promise<Answer> => {
    const owned = paramsOf(endpoint.path).filter((name) => name in OWNED);
    const params = Object.fromEntries(owned.map((name) => [name, idOf(OWNED[name]!)]));
    return sendValid(world().addresses, endpoint, { authorization: `Bearer ${accessToken}`, params });
  };
  const staffOr = ({ roles }: Endpoint, player: WebPlayer): WebPlayer => (roles ? world().bossAtWork : player);

  describe('things of others', () => {
    // A profile is for everybody until its owner hides it: from then on it must look like none.
    beforeAll(async () => {
      const { api } = world().ana;
      await api.call(setPrivacy, { body: { ...(await api.call(viewPrivacy, {})), publicProfile: false } });
    });

    it('are known here for every path parameter', () => {
      const unknown = endpoints
        .flatMap(({ path }) => paramsOf(path))
        .filter((name) => !(name in OWNED || name in COMMON || MADE_BY_TWO.includes(name)));
      expect(unknown).toEqual([]);
    });

    it('are there for their owner', async () => {
      const { ana } = world();
      const wrong: string[] = [];
      // A drop is seen only from within its zone, which Ana has left; and nobody suspects her of anything.
      const isThere = ({ path }: Endpoint) => !path.includes('{dropId}') && !path.includes('/admin/anticheat/');
      const readable = targets.filter((endpoint) => endpoint.method === 'GET' && isThere(endpoint));
      for (const endpoint of readable) {
        const answer = await ask(endpoint, staffOr(endpoint, ana), ({ of }) => of(world()));
        if (answer.status !== 200) wrong.push(`${endpoint.id}: ${answer.status} ${answer.text}`);
      }
      expect(wrong).toEqual([]);
    });

    it('look like things that do not exist, and nothing happens to them', async () => {
      const { bob, table } = world();
      const wrong: string[] = [];
      const changed = await table.changedBy(() =>
        eachInParallel(secret, 4, async (endpoint) => {
          const foreign = await ask(endpoint, bob, ({ of }) => of(world()));
          const missing = await ask(endpoint, bob, ({ prefix }) => createId(prefix));
          const alike = withoutRequestId(foreign) === withoutRequestId(missing);
          if (foreign.status < 400 || foreign.status >= 500 || !alike) {
            wrong.push(
              `${endpoint.id}: foreign ${foreign.status} ${foreign.text}, missing ${missing.status} ${missing.text}`,
            );
          }
        }),
      );
      expect(wrong).toEqual([]);
      expect(changed).toEqual([]);
    });

    it('are not looked for by an id of another kind', async () => {
      const { bob, table } = world();
      const wrong: string[] = [];
      const changed = await table.changedBy(() =>
        eachInParallel(targets, 4, async (endpoint) => {
          const answer = await ask(endpoint, staffOr(endpoint, bob), () => createId('inc'));
          if (codeOf(answer) !== 'request.invalid') wrong.push(`${endpoint.id}: ${answer.status} ${answer.text}`);
        }),
      );
      expect(wrong).toEqual([]);
      expect(changed).toEqual([]);
    });
  });
}
