import fc from 'fast-check';
import { clientCommands, type Frame, isUnescaped, mayHaveBody, serverCommands } from './frame.ts';

/** Text that STOMP can carry in an escaped header: anything without NUL, and without the BOM that decoders drop. */
export const headerText = fc
  .string({
    unit: fc.oneof(fc.constantFrom(':', '\\', '\r', '\n', ' ', 'é', '🜁'), fc.string({ minLength: 1 })),
    maxLength: 12,
  })
  .filter((text) => !text.includes('\0') && !text.includes('\uFEFF'));

const plainText = headerText.map((text) => text.replace(/[\r\n:]/g, '-'));

const bodyText = fc.string({ unit: 'binary', maxLength: 200 }).filter((text) => !text.includes('\uFEFF'));

/** Any frame of either side that STOMP 1.2 can express, within the inbound limits. */
export const anyFrame: fc.Arbitrary<Frame> = fc.constantFrom(...clientCommands, ...serverCommands).chain((command) => {
  const text = isUnescaped(command) ? plainText : headerText;
  const name = text.filter((candidate) => candidate !== '' && candidate !== 'content-length');
  return fc.record({
    command: fc.constant(command),
    headers: fc.array(fc.tuple(name, text), { maxLength: 10 }).map((pairs) => new Map(pairs)),
    body: mayHaveBody(command) ? bodyText : fc.constant(''),
  });
});

/** Octets near the grammar: whole frames, cut, doubled, spliced, and with telling octets put in. */
export function mutatedStream(serialize: (frame: Frame) => string): fc.Arbitrary<Uint8Array> {
  const telling = fc.constantFrom(0, 10, 13, 58, 92, 0xc3, 0xff, 0x41);
  const mutation = fc.oneof(
    fc.record({ kind: fc.constant('insert' as const), at: fc.nat(), octet: telling }),
    fc.record({ kind: fc.constant('replace' as const), at: fc.nat(), octet: telling }),
    fc.record({ kind: fc.constant('cut' as const), at: fc.nat(), length: fc.integer({ min: 1, max: 8 }) }),
    fc.record({ kind: fc.constant('double' as const), at: fc.nat(), length: fc.integer({ min: 1, max: 40 }) }),
  );
  const raw = fc.constantFrom(
    'content-length:',
    'content-length:-1\n',
    'content-length:99999\n',
    'SEND\n\n\0',
    '\\t',
    ':\n',
    '\r\n\r\n',
    'x'.repeat(1_100),
    'a:b\n'.repeat(40),
  );
  const part = fc.oneof({ weight: 4, arbitrary: anyFrame.map(serialize) }, { weight: 1, arbitrary: raw });
  return fc
    .tuple(fc.array(part, { minLength: 1, maxLength: 3 }), fc.array(mutation, { maxLength: 4 }))
    .map(([parts, mutations]) => {
      let bytes = [...Buffer.from(parts.join(''))];
      for (const change of mutations) {
        const at = change.at % (bytes.length + 1);
        if (change.kind === 'insert') bytes.splice(at, 0, change.octet);
        else if (change.kind === 'replace') bytes.splice(at, 1, change.octet);
        else if (change.kind === 'cut') bytes.splice(at, change.length);
        else bytes = [...bytes.slice(0, at + change.length), ...bytes.slice(at)];
      }
      return Uint8Array.from(bytes);
    });
}
