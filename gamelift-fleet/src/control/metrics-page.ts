import type { CloseReason } from '#shared/contract/zone-protocol.ts';
import { tickPhases } from '../zone/tick-meter.ts';
import type { Zone } from '../zone/zone.ts';

/** What a scrape sees of a process besides its zones. */
export interface ProcessGauges {
  readonly connections: number;
  /** Of them, further ones of clients that lose much. */
  readonly sideLines: number;
  /** Since the start, to all clients. */
  readonly bytesSent: number;
  readonly skippedTicks: number;
  /** Lives of units that ended because the stores refused this process as their owner. */
  readonly refusals: number;
  readonly closes: ReadonlyMap<CloseReason, number>;
}

/** The process's figures in Prometheus's text format. */
export function metricsPage(zones: readonly Zone[], gauges: ProcessGauges): string {
  const lines: string[] = [];
  const metric = (
    name: string,
    kind: 'counter' | 'gauge',
    rows: readonly (readonly [labels: string, value: number])[],
  ) => {
    lines.push(`# TYPE zone_${name} ${kind}`);
    for (const [labels, value] of rows) lines.push(`zone_${name}${labels === '' ? '' : `{${labels}}`} ${value}`);
  };
  const perZone = (value: (zone: Zone) => number) => zones.map((zone) => [`zone="${zone.id}"`, value(zone)] as const);
  metric('connections', 'gauge', [['', gauges.connections]]);
  metric('side_lines', 'gauge', [['', gauges.sideLines]]);
  metric('bytes_sent_total', 'counter', [['', gauges.bytesSent]]);
  metric('skipped_ticks_total', 'counter', [['', gauges.skippedTicks]]);
  metric('fenced_total', 'counter', [['', gauges.refusals]]);
  metric(
    'closes_total',
    'counter',
    [...gauges.closes].map(([reason, count]) => [`reason="${reason}"`, count]),
  );
  metric(
    'players',
    'gauge',
    perZone((zone) => zone.players),
  );
  metric(
    'viewers',
    'gauge',
    perZone((zone) => zone.connections),
  );
  metric(
    'npcs',
    'gauge',
    zones.flatMap((zone) =>
      Object.entries(zone.population).map(([state, count]) => [`zone="${zone.id}",state="${state}"`, count] as const),
    ),
  );
  metric(
    'overload_level',
    'gauge',
    perZone((zone) => zone.meter.level),
  );
  metric(
    'pending_writes',
    'gauge',
    perZone((zone) => zone.writer.pending),
  );
  metric(
    'ticks_total',
    'counter',
    perZone((zone) => zone.meter.ticks),
  );
  metric(
    'longest_tick_ms',
    'gauge',
    perZone((zone) => zone.meter.longestMs),
  );
  metric(
    'tick_phase_ms_total',
    'counter',
    zones.flatMap((zone) =>
      tickPhases.map((phase) => [`zone="${zone.id}",phase="${phase}"`, zone.meter.totalMs[phase]] as const),
    ),
  );
  return `${lines.join('\n')}\n`;
}
