import {
  type ColdFromClient,
  type ColdFromServer,
  coldFromClient,
  coldFromServer,
} from '#shared/contract/zone-cold-messages.ts';
import { COLD_MESSAGE_ID, clientMessages, type MessageSpec, serverMessages } from '#shared/contract/zone-protocol.ts';
import { ByteReader, ByteWriter, MalformedFrame } from './bytes.ts';
import { type RecordCodec, type RecordValue, recordCodec } from './codec.ts';

type Catalogue = Readonly<Record<string, MessageSpec>>;

/** A message as the program sees it: its name, then the declared fields. */
export type MessageOf<C extends Catalogue, Cold> =
  | { [Name in keyof C]: { readonly name: Name; readonly fields: RecordValue<C[Name]> } }[keyof C]
  | { readonly name: 'cold'; readonly fields: Cold };

export type ClientMessage = MessageOf<typeof clientMessages, ColdFromClient>;
export type ServerMessage = MessageOf<typeof serverMessages, ColdFromServer>;

interface ColdSchema<Cold> {
  safeParse(value: unknown): { success: true; data: Cold } | { success: false; error: unknown };
}

/** One direction of the protocol: bytes to messages and back. */
export interface FrameCodec<M extends { readonly name: PropertyKey; readonly fields: unknown }> {
  encode(message: M): Uint8Array;
  /** Reads exactly one message. @throws MalformedFrame for everything that is not one. */
  decode(frame: Uint8Array): M;
}

function frameCodec<C extends Catalogue, Cold>(
  catalogue: C,
  coldSchema: ColdSchema<Cold>,
): FrameCodec<MessageOf<C, Cold>> {
  const byId = new Map<number, { name: string; codec: RecordCodec<MessageSpec> }>();
  const byName = new Map<string, { id: number; codec: RecordCodec<MessageSpec> }>();
  for (const [name, spec] of Object.entries(catalogue)) {
    if (byId.has(spec.id) || spec.id === COLD_MESSAGE_ID) throw new RangeError(`message id ${spec.id} is taken`);
    const codec = recordCodec<MessageSpec>(spec);
    byId.set(spec.id, { name, codec });
    byName.set(name, { id: spec.id, codec });
  }
  const text = new TextEncoder();

  return {
    encode: (message) => {
      const out = new ByteWriter(64);
      if (message.name === 'cold') {
        out.u8(COLD_MESSAGE_ID);
        out.raw(text.encode(JSON.stringify(message.fields)));
      } else {
        const { id, codec } = byName.get(message.name as string)!;
        out.u8(id);
        codec.write(out, message.fields as RecordValue<MessageSpec>);
      }
      return out.copy();
    },
    decode: (frame) => {
      const from = new ByteReader(frame);
      const id = from.u8();
      if (id === COLD_MESSAGE_ID) return { name: 'cold', fields: parseCold(from.text(from.left), coldSchema) };
      const known = byId.get(id);
      if (!known) throw new MalformedFrame(`unknown message ${id}`);
      const fields = known.codec.read(from);
      if (from.left > 0) throw new MalformedFrame(`${from.left} bytes too many`);
      return { name: known.name, fields } as MessageOf<C, Cold>;
    },
  };
}

function parseCold<Cold>(json: string, schema: ColdSchema<Cold>): Cold {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new MalformedFrame('not JSON', { cause });
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new MalformedFrame('unknown or malformed message', { cause: parsed.error });
  return parsed.data;
}

export const clientFrames: FrameCodec<ClientMessage> = frameCodec(clientMessages, coldFromClient);
export const serverFrames: FrameCodec<ServerMessage> = frameCodec(serverMessages, coldFromServer);
