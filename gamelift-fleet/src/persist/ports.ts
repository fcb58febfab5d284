import type { AdmissionPort, CharacterStatePort, PresencePort, TiesPort } from './character-ports.ts';
import type { CommandPort } from './order-ports.ts';
import type { BossPort, CombatLogPort, KillPort, QuestPort, SuspicionPort, TradePort } from './record-ports.ts';
import type { LayerPort, LeasePort, MemoryPort, ZoneFenced } from './unit-ports.ts';

/**
 * What the fleet asks of the outside. Zone memory owns no value: whatever must last passes through one of these calls,
 * and each of them carries the zone's epoch, so that a process that has lost its lease changes nothing.
 *
 * Errors common to all writes: {@link ZoneFenced} when the stored epoch or owner is another; anything else means
 * "unknown, maybe applied", and the caller repeats the same call. Every write is therefore idempotent by its ids.
 */
export interface ZonePorts
  extends LeasePort,
    LayerPort,
    AdmissionPort,
    CharacterStatePort,
    KillPort,
    BossPort,
    QuestPort,
    TiesPort,
    CombatLogPort,
    SuspicionPort,
    PresencePort,
    TradePort,
    CommandPort,
    MemoryPort {}
