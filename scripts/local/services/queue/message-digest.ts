import { createHash } from 'node:crypto';

/** A message attribute as the SQS JSON protocol carries it; binary values as base64. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string | undefined;
  readonly BinaryValue?: string | undefined;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

const STRING_TRANSPORT = 1;
const BINARY_TRANSPORT = 2;

/** Lower-case hexadecimal MD5, which SDK clients compare with their own. */
export function md5(data: string | Buffer): string {
  return createHash('md5').update(data).digest('hex');
}

/** MD5 over the attributes in SQS's canonical form (sorted by name, each part with its length); undefined when empty. */
export function attributesMd5(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const parts: Buffer[] = [];
  for (const name of names) {
    const attribute = attributes[name]!;
    const binary = attribute.DataType.startsWith('Binary');
    parts.push(...sized(Buffer.from(name)), ...sized(Buffer.from(attribute.DataType)));
    parts.push(Buffer.of(binary ? BINARY_TRANSPORT : STRING_TRANSPORT));
    parts.push(
      ...sized(binary ? Buffer.from(attribute.BinaryValue ?? '', 'base64') : Buffer.from(attribute.StringValue ?? '')),
    );
  }
  return md5(Buffer.concat(parts));
}

function sized(data: Buffer): [Buffer, Buffer] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return [length, data];
}
