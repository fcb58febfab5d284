import type { LocalService } from '../service.ts';

/** Several services as one: started together, and stopped together. */
export function serviceGroup(name: string, members: readonly LocalService[]): LocalService {
  return {
    name,
    start: async () => {
      await Promise.all(members.map((member) => member.start()));
    },
    stop: async () => {
      await Promise.all(members.map((member) => member.stop()));
    },
  };
}
