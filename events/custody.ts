import * as z from 'zod';
import { defineEvent } from '#shared/contract/event.ts';

export const VALUE_FAULTS_FOUND = defineEvent({
  name: 'VALUE_FAULTS_FOUND',
  version: 1,
  owner: 'custody',
  summary: 'The auditor has found that items or money are not as they must be.',
  detail: z.strictObject({
    faults: z.int().min(1).meta({ description: 'How many; the report of the run holds more of them' }),
    complaints: z.array(z.string().max(400)).max(10).meta({ description: 'The first of them' }),
  }),
});
