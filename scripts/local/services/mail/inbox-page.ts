import type { Mail } from './mailbox.ts';

/** Text as HTML that cannot become markup. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Plain text as HTML, with its http(s) addresses as links. */
export function linkify(text: string): string {
  return text
    .split(/(https?:\/\/[^\s<>"']+)/g)
    .map((part, index) => {
      const safe = escapeHtml(part);
      return index % 2 === 1 ? `<a href="${safe}" target="_blank" rel="noreferrer">${safe}</a>` : safe;
    })
    .join('');
}

/** The inbox as one self-contained page; HTML mails stand in frames that may run no script. */
export function inboxPage(mails: readonly Mail[], to: string | undefined): string {
  const list = mails.map(mailSection).join('\n') || '<p class="empty">No mail yet.</p>';
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>NECPGAME local inbox</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
  header { display: flex; gap: 1rem; align-items: baseline; justify-content: space-between; flex-wrap: wrap; }
  details { border: 1px solid color-mix(in srgb, currentColor 25%, transparent); border-radius: .5rem; margin: .75rem 0; padding: .75rem 1rem; }
  summary { cursor: pointer; }
  .meta { opacity: .7; font-size: .875rem; overflow-wrap: anywhere; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; }
  iframe { width: 100%; height: 24rem; border: 0; background: #fff; }
</style>
<header>
  <h1>Inbox</h1>
  <form><input name="to" type="search" placeholder="recipient" aria-label="Recipient" value="${escapeHtml(to ?? '')}"> <button>Show</button></form>
</header>
${list}
</html>
`;
}

function mailSection(mail: Mail, index: number): string {
  const body =
    mail.html === undefined
      ? ''
      : `<iframe sandbox="allow-popups" title="HTML body" srcdoc="${escapeHtml(mail.html)}"></iframe>`;
  return `<details${index === 0 ? ' open' : ''}>
  <summary><strong>${escapeHtml(mail.subject)}</strong> <span class="meta">to ${escapeHtml(mail.to.join(', '))}, ${escapeHtml(mail.receivedAt)}, from ${escapeHtml(mail.from)}</span></summary>
  ${mail.text === undefined ? '' : `<pre>${linkify(mail.text)}</pre>`}${body}
</details>`;
}
