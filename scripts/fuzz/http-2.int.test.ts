import { vi } from 'vitest';
import { describeHttpFuzz } from './http-fuzz.ts';

vi.mock('node:crypto', async (original) => (await import('./cheap-passwords.ts')).withCheapPasswords(await original()));

describeHttpFuzz(2, 6);
