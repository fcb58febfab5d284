import type { Combat, PartyMember, Vitals } from '#fleet/protocol/generated-codec.ts';
import type { ColdFromServer } from '#shared/contract/zone-cold-messages.ts';
import type { Channel, correctionReasons } from '#shared/contract/zone-protocol.ts';
import type { Ended, LinkEvents, Welcome } from './zone-link.ts';

type Cold<Type extends ColdFromServer['type']> = Extract<ColdFromServer, { type: Type }>;
export type Drop = Cold<'drop'>;

/** What a client is told, by name. */
export interface ZoneClientEvents {
  readonly welcome: Welcome;
  /** After a tick frame has been applied. */
  readonly tick: number;
  readonly combat: Combat;
  readonly drop: Drop;
  readonly topic: Cold<'topic'>;
  readonly refused: Cold<'refused'>;
  /** How the own body fares; see `ZoneClient.vitals`. */
  readonly vitals: Vitals;
  readonly level: Cold<'level'>;
  /** See `ZoneClient.distantParty`. */
  readonly party: readonly PartyMember[];
  readonly duel: Cold<'duel'>;
  /** To stand up from the dead: answer by `ZoneClient.standUp`. */
  readonly offer: Cold<'offer'>;
  readonly moving: Cold<'moving'>;
  /** The body leaves after this time, unless it moves or fights. */
  readonly leaving: Cold<'leaving'>;
  readonly stayed: Cold<'stayed'>;
  readonly correction: { readonly reason: keyof typeof correctionReasons; readonly x: number; readonly y: number };
  /** By how many metres the own place was other than the server rules. */
  readonly mispredicted: number;
  /** See {@link LinkEvents}, as for the next three. */
  readonly lost: Ended;
  readonly resumed: LinkEvents['resumed'];
  readonly gap: Channel;
  readonly numbered: LinkEvents['numbered'];
  readonly closed: Ended;
}
