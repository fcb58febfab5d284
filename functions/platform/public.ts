/** What has been committed and not been published, and whether an operation has told anything. */
export { listUnsent, toldBy } from './store.ts';
