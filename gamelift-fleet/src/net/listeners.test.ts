import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { Listeners } from './listeners.ts';

const CLIENTS = 64;
const opened: Listeners[] = [];
const sockets: Socket[] = [];

async function open(
  port = 0,
): Promise<{ readonly http: Server; readonly listeners: Listeners; readonly port: number }> {
  const http = createServer((_request, response) => response.end('here'));
  const listeners = new Listeners(http);
  const taken = await listeners.open(port);
  opened.push(listeners);
  return { http, listeners, port: taken };
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(opened.splice(0).map((listeners) => listeners.close()));
});

describe('a port that is opened several times over', () => {
  it('has every connection answered by the one server', async () => {
    const { port } = await open();
    const asked = Array.from({ length: CLIENTS }, () =>
      fetch(`http://127.0.0.1:${port}/`).then((reply) => reply.text()),
    );
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['here']));
  });

  it.runIf(process.platform === 'linux')('takes several connections in one turn', async () => {
    const { http, port } = await open();
    let [taken, thisTurn, mostInOne] = [0, 0, 0];
    http.on('connection', () => {
      taken += 1;
      thisTurn += 1;
      mostInOne = Math.max(mostInOne, thisTurn);
    });
    for (let client = 0; client < CLIENTS; client += 1) sockets.push(connect(port, '127.0.0.1'));
    while (taken < CLIENTS) {
      await nextTurn();
      thisTurn = 0;
    }
    expect(mostInOne).toBeGreaterThan(1);
  });

  it('is shared with no other server, and is free again after the close', async () => {
    const { listeners, port } = await open();
    await expect(open(port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await listeners.close();
    opened.length = 0;
    expect((await open(port)).port).toBe(port);
  });

  it('closes though clients have connected and said nothing', async () => {
    const { http, listeners, port } = await open();
    const taken = once(http, 'connection');
    sockets.push(connect(port, '127.0.0.1'));
    await taken;
    await listeners.close();
    opened.length = 0;
    expect(http.listening).toBe(false);
  });
});
