import type { SystemAccountRow } from '../schema/currency.ts';

export const systemAccountRows: readonly SystemAccountRow[] = [
  { id: 'system.faucet.quest', description: 'Rewards of quests.' },
  { id: 'system.faucet.vendor', description: 'What vendors pay for goods.' },
  { id: 'system.faucet.staff', description: 'What operators grant.' },
  { id: 'system.sink.vendor', description: 'What players pay vendors.' },
  { id: 'system.sink.repair', description: 'What players pay for repairs.' },
  { id: 'system.sink.restore', description: 'What players pay to have destroyed items back.' },
  { id: 'system.sink.postage', description: 'What players pay for mail.' },
  { id: 'system.sink.expired-mail', description: 'Money of mails that nobody fetched.' },
  { id: 'system.sink.staff', description: 'What operators claw back.' },
  { id: 'system.sink.erased', description: 'Money of players who are erased.' },
  { id: 'system.escrow.mail', description: 'Money on its way by mail.' },
];
