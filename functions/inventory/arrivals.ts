import { GameError } from '#shared/contract/errors.ts';
import { type CharacterId, deriveId, type ItemId, type MailId } from '#shared/kernel/ids.ts';
import { buybackHolder, dropHolder, mailHolder, sinkHolder } from './holders.ts';
import type { Place } from './item.ts';
import type { Destination, Storage } from './legs.ts';
import { OVERFLOW_LETTER_ITEMS, overflow } from './overflow.ts';
import type { MovePlan } from './plan.ts';

/** Items that go by mail for want of room. */
export interface Letter {
  readonly mailId: MailId;
  readonly to: CharacterId;
  readonly itemIds: ItemId[];
}

type ToCharacter = Extract<Destination, { readonly to: 'character' }>;

/**
 * Finds a place for what arrives: decided here once, so that the delivery has nothing left to decide. Slots that are
 * free are taken by asking; whether all found room is told by `settle`.
 */
export class Arrivals {
  private readonly plan: MovePlan;
  private readonly canMail: boolean;
  private readonly letters: Letter[] = [];
  private needed = 0;
  private free = 0;

  constructor(plan: MovePlan, canMail: boolean = overflow.write !== undefined) {
    this.plan = plan;
    this.canMail = canMail;
  }

  /** The place of an item that takes no other's: with a character, the lowest free slot. */
  place(destination: Destination, itemId: ItemId): Place {
    switch (destination.to) {
      case 'character':
        return this.withCharacter(destination, itemId);
      case 'mail':
        return { holder: mailHolder(destination.mailId) };
      case 'buyback':
        return { holder: buybackHolder(destination.characterId) };
      case 'drop':
        return { holder: dropHolder(destination.dropId) };
      case 'sink':
        return { holder: sinkHolder(destination.reason) };
    }
  }

  /**
   * The letters of what goes by mail.
   * @throws GameError `inventory.full` when something that may not go by mail has no room: then nothing has.
   */
  settle(): readonly Letter[] {
    const { needed, free } = this;
    if (free < needed) throw new GameError('inventory.full', { needed, free });
    return this.letters;
  }

  /** A slot in the lowest place of a container for something that comes back or arrives. */
  slotIn(characterId: CharacterId, container: Storage): Place {
    this.needed += 1;
    const slot = this.plan.takeSlot(characterId, container);
    if (slot !== undefined) this.free += 1;
    return { holder: characterId, container, slot };
  }

  private withCharacter(to: ToCharacter, itemId: ItemId): Place {
    const { characterId, container = 'bag' } = to;
    const byMail = to.overflow === 'mail' && this.canMail && this.plan.freeCount(characterId, container) === 0;
    return byMail ? { holder: mailHolder(this.letterFor(characterId, itemId)) } : this.slotIn(characterId, container);
  }

  private letterFor(to: CharacterId, itemId: ItemId): MailId {
    const mine = this.letters.filter((letter) => letter.to === to);
    const last = mine.at(-1);
    if (last && last.itemIds.length < OVERFLOW_LETTER_ITEMS) {
      last.itemIds.push(itemId);
      return last.mailId;
    }
    const letter = { mailId: deriveId('mal', this.plan.cause.cause, to, mine.length), to, itemIds: [itemId] };
    this.letters.push(letter);
    return letter.mailId;
  }
}
