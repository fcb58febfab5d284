export { type Mail, sendMail } from '#shared/runtime/mailer.ts';
