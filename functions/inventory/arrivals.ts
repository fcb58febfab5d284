import { items as itemTemplates } from '#content/items.ts';
import { GameError } from '#shared/contract/errors.ts';
import { type CharacterId, deriveId } from '#shared/kernel/ids.ts';
import { buybackHolder, dropHolder, mailHolder, sinkHolder } from './holders.ts';
import type { ItemInstance, Place } from './item.ts';
import type { Destination, Storage } from './legs.ts';
import { type Letter, OVERFLOW_LETTER_ITEMS } from './overflow.ts';
import type { MovePlan, Worn } from './plan.ts';
import { wornSlots } from './rules.ts';

/** What arrives. */
type Arrival = Pick<ItemInstance, 'itemId' | 'templateId' | 'count'>;

type ToCharacter = Extract<Destination, { readonly to: 'character' }>;
type ByMail = Extract<Destination, { readonly overflow: 'mail' }>;

/**
 * Finds a place for what arrives: decided here once, so that the delivery has nothing left to decide. Slots that are
 * free are taken by asking; whether all found room is told by `settle`.
 */
export class Arrivals {
  private readonly plan: MovePlan;
  private readonly letters: Letter[] = [];
  private needed = 0;
  private free = 0;

  constructor(plan: MovePlan) {
    this.plan = plan;
  }

  /** The place of an item that takes no other's: with a character, the lowest free slot. */
  place(destination: Destination, item: Arrival): Place {
    switch (destination.to) {
      case 'character':
        return this.withCharacter(destination, item);
      case 'equipment':
        return this.onBody(destination.characterId, { itemId: item.itemId, templateId: item.templateId });
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

  private onBody(characterId: CharacterId, worn: Worn): Place {
    const kind = itemTemplates.get(worn.templateId).slot;
    const { taken } = this.plan.bag(characterId, 'equipment');
    const slot = wornSlots.findIndex((one, index) => one === kind && !taken.has(index));
    if (slot < 0) throw new RangeError(`${worn.templateId} cannot be worn`);
    const place = { holder: characterId, container: 'equipment', slot } as const;
    this.plan.occupy(place);
    this.plan.wear(characterId, slot, worn);
    return place;
  }

  private withCharacter(to: ToCharacter, item: Arrival): Place {
    const { characterId, container = 'bag' } = to;
    if (to.overflow === 'refuse' || this.plan.freeCount(characterId, container) > 0) {
      return this.slotIn(characterId, container);
    }
    const { mailId, items } = this.letterTo(to, item);
    items.push({ itemId: item.itemId, templateId: item.templateId, count: item.count });
    return { holder: mailHolder(mailId) };
  }

  private letterTo({ characterId, accountId }: ByMail, { itemId }: Arrival): Letter {
    const mine = this.letters.filter(({ to }) => to.characterId === characterId);
    const last = mine.at(-1);
    if (last && last.items.length < OVERFLOW_LETTER_ITEMS) return last;
    // Of its first item: one cause, such as a drop, may send several letters at different times.
    const mailId = deriveId('mal', this.plan.cause.cause, characterId, itemId);
    const letter: Letter = { mailId, to: { accountId, characterId }, items: [] };
    this.letters.push(letter);
    return letter;
  }
}
