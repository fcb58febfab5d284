import { config } from 'zod';
import { ZoneClient } from '#fleet/client/zone-client.ts';
import type { LiveZone } from '#fleet/src/control/live-feed.ts';
import { addBot, MAX_BOTS } from './bots.ts';
import { Chase } from './chase.ts';
import { Guest, type Keyring, sideLine } from './guest.ts';
import { Keyboard } from './keyboard.ts';
import { followZone } from './live.ts';
import { MapCanvas } from './map-canvas.ts';
import { element, ServerPanel, show } from './panel.ts';
import { nameOf, PlayerView } from './player-view.ts';
import { perSecond, Rate } from './rates.ts';
import { Walker } from './walker.ts';
import { drawZone } from './zone-view.ts';

// The page's policy forbids to make code of text.
config({ jitless: true });

const CLICK_REACH_METRES = 3;
const KEY_REACH_METRES = 30;
const USE_REACH_METRES = 8;
const ZOOM_STEP = 1.25;
/** What an attack was answered, where the answer's name is no word for it. */
const fightWords: Readonly<Record<string, string>> = {
  done: 'struck',
  on_cooldown: 'fighting',
  out_of_range: 'chasing',
};
/** What the use of an object was answered. */
const useWords: Readonly<Record<string, string>> = {
  done: 'stand still while you use it',
  nothing_to_do: 'used up for now',
  not_for_you: 'it is for those who have its quest',
  out_of_range: 'too far away',
};
/** Other events are none to tell: somewhere in the zone an NPC appears all the time. */
const eventWords: Readonly<Record<string, string | undefined>> = {
  character_entered: 'comes in',
  character_left: 'leaves',
  character_died: 'dies',
  npc_died: 'is destroyed',
};
const MAX_TALK_LINES = 60;
const FIGURES_EVERY_MS = 250;
/** Sent by the socket beside each message's content. */
const FRAME_HEADER_BYTES = 4;

/** Each tab is a player of its own, also after a reload. */
const keyring = (name: string): Keyring => ({
  get: () => sessionStorage.getItem(name),
  set: (secret) => sessionStorage.setItem(name, secret),
});

const map = new MapCanvas(element('map') as HTMLCanvasElement);
const received = { bytes: 0, ticks: 0, corrections: 0 };
/** Pixels per metre of what the player sees; how much closer than whole the zone is looked at. */
let scale = 11;
let closer = 1;
let isWholeZone = false;
let bots = 0;

function status(text: string): void {
  show('status', text);
}

function say(text: string, className: 'chat' | 'event'): void {
  const line = document.createElement('li');
  line.className = className;
  line.textContent = text;
  const log = element('talk');
  log.append(line);
  while (log.childElementCount > MAX_TALK_LINES) log.firstElementChild!.remove();
  log.scrollTop = log.scrollHeight;
}

function zoom(factor: number): void {
  if (isWholeZone) closer = Math.min(8, Math.max(1, closer * factor));
  else scale = Math.min(40, Math.max(3, scale * factor));
}

function look(wholeZone: boolean): void {
  isWholeZone = wholeZone;
  element('view-player').setAttribute('aria-pressed', String(!wholeZone));
  element('view-zone').setAttribute('aria-pressed', String(wholeZone));
}

function count(socket: WebSocket): void {
  socket.addEventListener('message', ({ data }) => {
    if (data instanceof ArrayBuffer) received.bytes += data.byteLength + FRAME_HEADER_BYTES;
  });
}

async function enter(): Promise<{ client: ZoneClient; zoneId: string }> {
  const guest = new Guest();
  const { name } = await guest.play(keyring('guest'), 'Page');
  const zone = (await guest.zones()).find(({ open, levelRange }) => open && levelRange.min <= 1);
  if (!zone) throw new Error('No zone is open: is the fleet running?');
  const { socket, ticket } = await guest.door(zone.zoneId, count);
  const client = new ZoneClient(socket, ticket, {
    zoneId: zone.zoneId,
    reconnect: (next) => guest.door(next, count),
    sideLine: (main) => sideLine(main, count),
  });
  await client.ready;
  show('zone-name', zone.name);
  status(`${name}, level ${client.self?.level ?? 1}`);
  client.on('tick', () => {
    received.ticks += 1;
  });
  client.on('correction', ({ reason }) => {
    received.corrections += 1;
    say(`The server moved you: ${reason.replaceAll('_', ' ')}`, 'event');
  });
  client.on('lost', () => status('The line broke; coming back …'));
  client.on('resumed', () => status(`${name}, back on the line`));
  client.on('closed', ({ reason, code }) => status(`Out of the zone: ${reason || code}`));
  client.on('drop', ({ npcKind, objectId, slots }) =>
    say(`${npcKind ?? objectId} leaves ${slots.length} things to you`, 'event'),
  );
  client.on('topic', ({ body }) => {
    // A line of chat, or what a boss or an event says.
    if (body.text !== undefined) say(`${body.name}: ${body.text}`, 'chat');
    else if ('event' in body && eventWords[body.event]) say(`${body.name} ${eventWords[body.event]}`, 'event');
  });
  return { client, zoneId: zone.zoneId };
}

function play(client: ZoneClient, zoneId: string): void {
  const view = new PlayerView(client);
  const walker = new Walker(client);
  const panel = new ServerPanel();
  let live: LiveZone | undefined;

  const chase = new Chase(client, (targetId, answer) => {
    const target = client.replica.entities.get(targetId);
    const what = fightWords[answer] ?? answer.replaceAll('_', ' ');
    if (target) status(`${nameOf(client, target)}, ${target.health} of ${target.maxHealth}: ${what}`);
  });
  const attack = (reach: number, around = client.place): void => {
    const target = view.npcNear(around, reach);
    if (target) chase.begin(target.id);
    else status('Nobody to attack there');
  };
  const use = (): void => {
    const object = view.objectNear(client.place, USE_REACH_METRES);
    if (!object) status('Nothing to use here');
    else
      void client
        .interact(object.id)
        .then((answer) => status(`${nameOf(client, object)}: ${useWords[answer] ?? answer.replaceAll('_', ' ')}`));
  };
  const keys: Readonly<Record<string, () => void>> = {
    KeyF: () => attack(KEY_REACH_METRES),
    KeyE: () => use(),
    Escape: () => chase.stop(),
    KeyR: () => client.release(),
    KeyV: () => look(!isWholeZone),
    Enter: () => element('line').focus(),
    Equal: () => zoom(ZOOM_STEP),
    NumpadAdd: () => zoom(ZOOM_STEP),
    Minus: () => zoom(1 / ZOOM_STEP),
    NumpadSubtract: () => zoom(1 / ZOOM_STEP),
  };
  const keyboard = new Keyboard((code) => keys[code]?.());
  element('map').addEventListener('click', (event) => {
    if (!isWholeZone) attack(CLICK_REACH_METRES, map.toMap(event));
  });
  element('say').addEventListener('submit', (event) => {
    event.preventDefault();
    const line = element('line') as HTMLInputElement;
    if (line.value.trim() !== '') client.say(line.value.trim());
    line.value = '';
    element('map').focus();
  });
  element('add-bot').addEventListener('click', () => void moreBots(zoneId));

  const step = (): void => {
    const nowMs = performance.now();
    const { heading } = keyboard;
    if (heading) chase.stop();
    walker.step(heading ?? chase.step(nowMs), nowMs);
  };
  setInterval(step, 1_000 / client.welcome.tickHz);
  const draw = (nowMs: number): void => {
    const own = walker.placeAt(nowMs);
    if (isWholeZone && live) drawZone(map, live, client.welcome, { own, closer });
    else view.draw(map, own, scale, nowMs);
    requestAnimationFrame(draw);
  };
  requestAnimationFrame(draw);
  const rates = { bytes: new Rate(), ticks: new Rate() };
  setInterval(() => showOwn(client, rates), FIGURES_EVERY_MS);
  void followZone(zoneId, (feed, zone) => {
    live = zone;
    panel.update(feed, zone);
  });
}

function showOwn(client: ZoneClient, rates: Readonly<Record<'bytes' | 'ticks', Rate>>): void {
  const { self, place, welcome, replica, roundTripMs } = client;
  const now = performance.now();
  show('predicted-place', `${place.x.toFixed(2)}, ${place.y.toFixed(2)}`);
  show('corrections', String(received.corrections));
  show('round-trip', roundTripMs === undefined ? '–' : `${roundTripMs.toFixed(0)} ms${lineWords(client)}`);
  show('bytes-received', perSecond(rates.bytes.take(received.bytes, now)));
  const ticks = rates.ticks.take(received.ticks, now);
  show('tick-rate', ticks === undefined ? '–' : `${ticks.toFixed(1)} /s`);
  show('in-view', String(replica.entities.size));
  if (!self) return;
  const told = { x: welcome.originX + self.x, y: welcome.originY + self.y };
  show('server-place', `${told.x.toFixed(2)}, ${told.y.toFixed(2)}`);
  show('ahead', `${Math.hypot(place.x - told.x, place.y - told.y).toFixed(2)} m`);
  show('health-text', client.isDead ? 'dead: R to rise' : `${self.health} / ${self.maxHealth}`);
  element('health-bar').style.setProperty('--share', `${(100 * self.health) / self.maxHealth}%`);
}

function lineWords({ line, sideLines }: ZoneClient): string {
  return `${sideLines > 0 ? `, ${sideLines + 1} lines` : ''}${line === 'held_up' ? ', held up' : ''}`;
}

async function moreBots(zoneId: string): Promise<void> {
  if (bots >= MAX_BOTS) return show('bots', `${MAX_BOTS} are enough`);
  bots += 1;
  show('bots', 'coming …');
  await addBot(zoneId, keyring(`bot-${bots}`)).then(
    () => show('bots', `${bots} in the zone`),
    (error: Error) => {
      bots -= 1;
      show('bots', error.message);
    },
  );
}

element('view-player').addEventListener('click', () => look(false));
element('view-zone').addEventListener('click', () => look(true));
element('zoom-in').addEventListener('click', () => zoom(ZOOM_STEP));
element('zoom-out').addEventListener('click', () => zoom(1 / ZOOM_STEP));
element('map').addEventListener('wheel', (event) => zoom(event.deltaY < 0 ? ZOOM_STEP : 1 / ZOOM_STEP), {
  passive: true,
});

try {
  const { client, zoneId } = await enter();
  play(client, zoneId);
} catch (error) {
  status((error as Error).message);
}
