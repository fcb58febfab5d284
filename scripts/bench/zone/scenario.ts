/** Who serves. All tell each client of the same 3×3 cells, but `colyseus whole`, which tells everybody of everybody, and the two that know nothing and write one frame to each: by Node's streams, and beneath them. */
export const serverNames = [
  'zone',
  'colyseus view',
  'colyseus whole',
  'raw writes',
  'handle writes',
  'gateway workers',
] as const;
export type ServerName = (typeof serverNames)[number];

/** One world, and what its players do. */
export interface Scenario {
  readonly server: ServerName;
  readonly players: number;
  /** Entities in a player's view, on average: the size of the world follows. */
  readonly inView: number;
  /** 0: the server moves everybody, and each client says once a second what it has seen. */
  readonly inputsPerSecond: number;
  readonly npcs: number;
  /** Share of the players who stand among NPCs and fight them, striking once a second. */
  readonly fighting: number;
  /** Lines that all players together say to the whole zone. */
  readonly chatPerSecond: number;
  /** Share of the players whose client stops reading when the measurement begins. */
  readonly stalled: number;
  /** Clients that decode everything and are held against the truth in the end. */
  readonly decoding: boolean;
  /** Players that leave and come back, all together. */
  readonly churnPerSecond: number;
  /** Rung of the overload ladder on which the zone stands, whatever the load; 0: full service. */
  readonly overloadLevel: number;
  /** Threads of `gateway workers` that own the sockets. */
  readonly workers: number;
}

export function scenario(chosen: Pick<Scenario, 'server' | 'players'> & Partial<Scenario>): Scenario {
  return {
    inView: 31,
    inputsPerSecond: 0,
    npcs: 0,
    fighting: 0,
    chatPerSecond: 0,
    stalled: 0,
    decoding: false,
    churnPerSecond: 0,
    overloadLevel: 0,
    workers: 1,
    ...chosen,
  };
}

/** Same walks for every server and every client process. */
export const SEED = 2077;
export const CELL_METRES = 20;

/** Cells of each side of the world, so that 3×3 of them hold `inView` entities on average. */
export function cellsPerSide({ players, npcs, inView }: Scenario): number {
  return Math.max(3, Math.round(Math.sqrt((9 * (players + npcs)) / inView)));
}

export const sideMetres = (one: Scenario): number => cellsPerSide(one) * CELL_METRES;

/** Whether it is a zone of this fleet, and no peer or limit. */
export const isOurs = ({ server }: Scenario): boolean => server === 'zone' || server === 'gateway workers';

/** What a table calls its server. */
export const nameOf = ({ server, workers }: Scenario): string =>
  server === 'gateway workers' ? `${workers} gateway${workers > 1 ? 's' : ''}` : server;
