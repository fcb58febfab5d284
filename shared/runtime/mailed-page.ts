/** What a page behind a mailed link says, each in every language at once: it knows nothing of who opens it. */
export interface MailedPageTexts {
  readonly ask: string;
  readonly done: string;
  /** Set where the page asks for a new password. */
  readonly password?: { readonly label: string; readonly weak: string };
}

const BAD_LINK = 'This link is no longer good. Ask for a new one. · Ссылка больше не действует, запросите новую.';
const FAILED = 'That did not work. Try again in a moment. · Не получилось, попробуйте ещё раз.';

/**
 * A page that asks for one click, and then sends the token of its own address by POST to its own path: a mail scanner
 * that follows links changes nothing. Static: nothing of the request is written into it. The texts are ours, not a
 * caller's.
 */
export function mailedPage({ ask, done, password }: MailedPageTexts): string {
  const field = password
    ? `<p><input id="password" type="password" autocomplete="new-password" minlength="8" aria-label="${password.label}" placeholder="${password.label}"></p>\n`
    : '';
  const texts = JSON.stringify({ done, badLink: BAD_LINK, failed: FAILED, weak: password?.weak ?? FAILED });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>NECPGAME</title>
<style>
body { background: #0b0d12; color: #d7e0ea; font: 18px/1.5 system-ui, sans-serif; display: grid; place-items: center; min-height: 90vh; }
main { text-align: center; max-width: 28rem; }
button { background: #f2e205; border: 0; color: #0b0d12; cursor: pointer; font: inherit; font-weight: 700; padding: .7em 1.6em; }
button[disabled] { opacity: .4; }
input { background: #171b24; border: 1px solid #3a4352; color: inherit; font: inherit; padding: .5em; width: 90%; }
</style>
</head>
<body>
<main>
<p id="text">${ask}</p>
${field}<button id="go">OK</button>
</main>
<script>
const texts = ${texts};
const text = document.getElementById('text');
const go = document.getElementById('go');
const password = document.getElementById('password');
go.onclick = async () => {
  go.disabled = true;
  const token = new URLSearchParams(location.search).get('token');
  try {
    const reply = await fetch(location.pathname, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(password ? { token, newPassword: password.value } : { token }),
    });
    const problem = reply.ok ? {} : await reply.json().catch(() => ({}));
    const done = reply.ok || problem.code === 'auth.mail_token_invalid';
    text.textContent = reply.ok
      ? texts.done
      : done
        ? texts.badLink
        : problem.code === 'auth.password_weak' || problem.code === 'request.invalid'
          ? texts.weak
          : texts.failed;
    go.hidden = done;
    go.disabled = done;
    if (password) password.hidden = done;
  } catch {
    text.textContent = texts.failed;
    go.disabled = false;
  }
};
</script>
</body>
</html>
`;
}
