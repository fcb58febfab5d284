/** Asks for one click, then sends the token of its own address. Static: nothing of the request is written into it. */
export const verificationPageHtml = `<!doctype html>
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
</style>
</head>
<body>
<main>
<p id="text">Confirm your address · Подтвердите адрес</p>
<button id="go">OK</button>
</main>
<script>
const text = document.getElementById('text');
const go = document.getElementById('go');
go.onclick = async () => {
  go.disabled = true;
  const token = new URLSearchParams(location.search).get('token');
  try {
    const reply = await fetch(location.pathname, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    const done = reply.ok || reply.status === 400;
    text.textContent = reply.ok
      ? 'Done: you can log in now. · Готово, теперь можно войти.'
      : reply.status === 400
        ? 'This link is no longer good. Ask for a new one. · Ссылка больше не действует, запросите новую.'
        : 'That did not work. Try again in a moment. · Не получилось, попробуйте ещё раз.';
    go.hidden = done;
    go.disabled = done;
  } catch {
    text.textContent = 'That did not work. Try again in a moment. · Не получилось, попробуйте ещё раз.';
    go.disabled = false;
  }
};
</script>
</body>
</html>
`;
