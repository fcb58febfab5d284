import { z } from 'zod';

/** `FilterCriteria` of an event source mapping: JSON patterns, any of which admits a record. */
export const FilterCriteria = z
  .object({ Filters: z.array(z.object({ Pattern: z.string() })).default([]) })
  .transform(({ Filters }) =>
    Filters.length === 0 ? undefined : Filters.map(({ Pattern }) => JSON.parse(Pattern) as unknown),
  );
