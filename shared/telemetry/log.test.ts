import { describe, expect, it } from 'vitest';
import { createLogger } from './log.ts';

function logged(level: string, use: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  use(
    createLogger(
      level,
      'test',
      (line) => lines.push(line),
      () => '2026-01-01T00:00:00.000Z',
    ),
  );
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the log', () => {
  it('writes one JSON line with message, level, service and fields', () => {
    expect(logged('INFO', (log) => log.info('relay call failed', { attempt: 2, amount: 5n }))).toEqual([
      {
        level: 'INFO',
        message: 'relay call failed',
        timestamp: '2026-01-01T00:00:00.000Z',
        service: 'test',
        attempt: 2,
        amount: '5',
      },
    ]);
  });

  it('writes an error with its causes, and cuts a chain that has no end', () => {
    const endless = new Error('loop');
    endless.cause = endless;
    const [line] = logged('INFO', (log) => log.error('failed', { error: new TypeError('outer', { cause: endless }) }));
    expect(line).toMatchObject({ error: { name: 'TypeError', message: 'outer', cause: { message: 'loop' } } });
    expect(JSON.stringify(line).match(/"loop"/g)).toHaveLength(3);
  });

  it('leaves out what is below the level', () => {
    const all = (log: ReturnType<typeof createLogger>) => {
      log.debug('d');
      log.info('i');
      log.warn('w');
      log.error('e');
    };
    expect(logged('WARN', all).map(({ level }) => level)).toEqual(['WARN', 'ERROR']);
    expect(logged('SILENT', all)).toEqual([]);
    expect(logged('nonsense', all).map(({ level }) => level)).toEqual(['INFO', 'WARN', 'ERROR']);
  });
});
