export { exportOf } from './export.ts';
