import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Field, type FlagField, kindOf, type RecordSpec, scalars } from '#shared/contract/zone-fields.ts';
import {
  ackRecord,
  changeRecord,
  combatRecord,
  departureRecord,
  entityRecord,
  stepRecord,
} from '#shared/contract/zone-records.ts';
import { recordArbitrary } from './arbitraries.ts';
import { ByteWriter } from './bytes.ts';
import * as codec from './generated-codec.ts';

type Write = (out: ByteWriter, value: never) => void;
type WriteRow = (out: ByteWriter, columns: never, row: number, mask: number) => void;
type Columns = Record<string, unknown[]>;

const rows: readonly [name: string, spec: RecordSpec, write: Write, writeRow: WriteRow][] = [
  ['entities', entityRecord, codec.writeEntity, codec.writeEntityRow],
  ['departures', departureRecord, codec.writeDeparture, codec.writeDepartureRow],
  ['steps', stepRecord, codec.writeStep, codec.writeStepRow],
  ['acks', ackRecord, codec.writeAck, codec.writeAckRow],
  ['changes', changeRecord, codec.writeChange, codec.writeChangeRow],
  ['blows', combatRecord, codec.writeCombat, codec.writeCombatRow],
];

/** Adds a record to columns of integers as they stand on the wire. */
function addRow(columns: Columns, { always, optional = {} }: RecordSpec, values: Record<string, unknown>, prefix = '') {
  for (const [name, field] of Object.entries<Field | FlagField>({ ...always, ...optional })) {
    const kind = kindOf(field);
    const column = prefix === '' ? name : prefix + name[0]!.toUpperCase() + name.slice(1);
    const value = values[name];
    if (kind.kind === 'record') addRow(columns, kind.spec, (value ?? {}) as Record<string, unknown>, column);
    else {
      columns[column] ??= [];
      if (kind.kind === 'text') columns[column].push(new TextEncoder().encode(value as string));
      else if (kind.kind === 'scalar')
        columns[column].push(Math.round(Number(value ?? 0) / scalars[kind.name].perUnit));
      else columns[column].push(value ?? 0);
    }
  }
}

describe.each(rows)('%s written from columns', (_name, spec, write, writeRow) => {
  it('are the same bytes as written from objects, one after the other', () => {
    fc.assert(
      fc.property(fc.array(recordArbitrary(spec), { minLength: 1, maxLength: 20 }), (values) => {
        const columns: Columns = {};
        for (const value of values) addRow(columns, spec, value);
        // Too small, so that it grows in between.
        const [fromRows, fromObjects] = [new ByteWriter(4), new ByteWriter(4)];
        const optional = Object.keys(spec.optional ?? {});
        values.forEach((value, row) => {
          const mask = optional.reduce((all, name, bit) => all | (value[name] === undefined ? 0 : 1 << bit), 0);
          writeRow(fromRows, columns as never, row, mask);
          write(fromObjects, value as never);
        });
        expect(Buffer.from(fromRows.copy())).toEqual(Buffer.from(fromObjects.copy()));
      }),
      { numRuns: 200 },
    );
  });
});
