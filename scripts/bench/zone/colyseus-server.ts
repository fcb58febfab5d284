import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Client, LocalDriver, LocalPresence, logger, matchMaker, Room } from '@colyseus/core';
import { StateView, schema, t } from '@colyseus/schema';
import { WebSocketTransport } from '@colyseus/ws-transport';
import { METRES_PER_UNIT } from '#shared/contract/zone-protocol.ts';
import type { BenchServer } from './bench-server.ts';
import { COLYSEUS_INPUT } from './colyseus-input.ts';
import { cellsPerSide, type Scenario, SEED, sideMetres } from './scenario.ts';
import { torusGrid } from './torus.ts';
import { Walkers } from './walkers.ts';

const Walker = schema({ x: t.uint16(), y: t.uint16() }, 'Walker');
const WholeWorld = schema({ walkers: t.map(Walker) }, 'WholeWorld');
const ViewedWorld = schema({ walkers: t.map(Walker).view() }, 'ViewedWorld');

const units = (metres: number): number => Math.round(metres / METRES_PER_UNIT);
/** Farthest way of one input at ten a second that is believed. */
const MAX_STEP_UNITS = units(1);
const SEAT_SECONDS = 120;

/**
 * The peer as its documentation has it: one room, the state as a schema, its patches broadcast by the same loop that drives all
 * servers. With `viewed`, one StateView per client that holds the same 3×3 cells, with the same hysteresis.
 */
export async function startColyseusServer(scenario: Scenario, viewed: boolean): Promise<BenchServer> {
  const { players } = scenario;
  logger.warn = () => {};
  const walkers = new Walkers(players, sideMetres(scenario), SEED);
  const grid = torusGrid(cellsPerSide(scenario), players);
  /** By player, from 1, as everywhere in the grid. */
  const bodies: InstanceType<typeof Walker>[] = [];
  const views: StateView[] = [];

  class BenchRoom extends Room {
    override state = viewed ? new ViewedWorld() : new WholeWorld();
    override maxClients = players;
    override seatReservationTimeout = SEAT_SECONDS;
    override autoDispose = false;
    override patchRate = null;

    override onCreate(): void {
      for (let one = 1; one <= players; one++) {
        const body = new Walker();
        body.x = units(walkers.x[one - 1]!);
        body.y = units(walkers.y[one - 1]!);
        bodies[one] = body;
        this.state.walkers.set(String(one), body);
        grid.insert(one, walkers.x[one - 1]!, walkers.y[one - 1]!, true);
      }
      this.onMessageBytes(COLYSEUS_INPUT, (client: Client, bytes: Uint8Array) => this.input(client, bytes));
    }

    override onJoin(client: Client, { player }: { player: number }): void {
      client.userData = player;
      if (!viewed) return;
      const view = new StateView();
      client.view = view;
      views[player] = view;
      for (const cell of grid.seenFrom(grid.cellOf[player]!)) each(cell, (other) => view.add(bodies[other]!));
    }

    /** A claim of a place: believed when it is near enough. Shorter ones only say what was seen. */
    private input(client: Client, bytes: Uint8Array): void {
      if (bytes.length < 12) return;
      const player = client.userData as number;
      const at = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const [x, y] = [at.getUint16(8, true), at.getUint16(10, true)];
      const body = bodies[player]!;
      if (Math.hypot(x - body.x, y - body.y) <= MAX_STEP_UNITS) move(player, x * METRES_PER_UNIT, y * METRES_PER_UNIT);
    }
  }

  function each(cell: number, what: (player: number) => void): void {
    for (let one = grid.first(cell); one !== 0; one = grid.after(one)) what(one);
  }

  function move(player: number, x: number, y: number): void {
    const body = bodies[player]!;
    body.x = units(x);
    body.y = units(y);
    if (!viewed) return;
    const before = grid.move(player, x, y, true);
    if (before < 0) return;
    const [old, now] = [grid.seenFrom(before), grid.seenFrom(grid.cellOf[player]!)];
    const own = views[player];
    for (const cell of old)
      if (!now.includes(cell))
        each(cell, (other) => {
          views[other]?.remove(body);
          own?.remove(bodies[other]!);
        });
    for (const cell of now)
      if (!old.includes(cell))
        each(cell, (other) => {
          views[other]?.add(body);
          own?.add(bodies[other]!);
        });
  }

  const http = createServer();
  const transport = new WebSocketTransport({ server: http, pingInterval: 0, perMessageDeflate: false });
  await matchMaker.setup(new LocalPresence(), new LocalDriver(), 'bench');
  matchMaker.defineRoomType('bench', BenchRoom);
  await matchMaker.accept();
  const listing = await matchMaker.createRoom('bench', {});
  const room = matchMaker.getLocalRoomById(listing.roomId) as BenchRoom;
  return {
    listen: async () => {
      await new Promise<void>((resolve) => {
        transport.listen(0, '127.0.0.1', 4_096, () => resolve());
      });
      const paths: string[] = [];
      for (let player = 1; player <= players; player++) {
        const { sessionId } = await matchMaker.reserveSeatFor(listing, { player });
        paths.push(`/bench/${listing.roomId}?sessionId=${sessionId}&skipHandshake=1`);
      }
      return { port: (http.address() as AddressInfo).port, paths };
    },
    tick: () => {
      if (scenario.inputsPerSecond === 0)
        for (let one = 1; one <= players; one++) {
          walkers.walk(one - 1);
          move(one, walkers.x[one - 1]!, walkers.y[one - 1]!);
        }
      room.broadcastPatch();
    },
    connections: () => room.clients.length,
  };
}
