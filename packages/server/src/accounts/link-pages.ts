import { pagePolicy } from '../http/page-policy.ts';
import type { LinkPage } from '../mail/links.ts';
import { EMAIL_LENGTH } from './names.ts';

/** A page without any outside resource, and the policy that allows its own script and style alone. */
export interface Page {
  html: string;
  contentSecurityPolicy: string;
}

interface Form {
  title: string;
  explanation: string;
  /** Where the form is posted to, as JSON. */
  url: string;
  /** Under which name the token of the link goes along; absent where the link has none. */
  token?: 'token' | 'invitation';
  fields: string;
  button: string;
  done: string;
}

const field = (name: string, label: string, attributes: string) =>
  `<label for="${name}">${label}</label>\n<input id="${name}" name="${name}" required ${attributes}>\n`;
const password = (name: string, label: string) =>
  field(name, label, 'type="password" autocomplete="new-password" maxlength="1024"');
const email = () =>
  field('email', 'Mail address', `type="email" autocomplete="email" maxlength="${EMAIL_LENGTH}"`);
const twice = (name: string) =>
  password(name, 'New password') + password('repeated', 'The same password again');

const FORMS: Record<LinkPage | 'forgot-password', Form> = {
  'verify-email': {
    title: 'Confirm your mail address',
    explanation: 'Press the button to confirm that this mail address is yours.',
    url: '/auth/verify-email',
    token: 'token',
    fields: '',
    button: 'Confirm',
    done: 'Your mail address is confirmed. You can close this page and log in.',
  },
  'forgot-password': {
    title: 'Ask for a new password',
    explanation: 'If there is an account with this mail address, it gets a mail with a link.',
    url: '/auth/forgot-password',
    fields: email(),
    button: 'Send the mail',
    done: 'If there is such an account, a mail is on its way. You can close this page.',
  },
  'reset-password': {
    title: 'Choose a new password',
    explanation: 'All sessions of your account end when the password is changed.',
    url: '/auth/reset-password',
    token: 'token',
    fields: twice('new_password'),
    button: 'Change the password',
    done: 'Your password is changed. You can close this page and log in with the new one.',
  },
  'change-email': {
    title: 'Confirm your new mail address',
    explanation: 'Press the button to use this mail address for your account from now on.',
    url: '/auth/change-email/confirm',
    token: 'token',
    fields: '',
    button: 'Confirm',
    done: 'Your mail address is changed. You can close this page.',
  },
  invitation: {
    title: 'Accept your invitation',
    explanation: 'Make your account.',
    url: '/auth/register',
    token: 'invitation',
    fields:
      field(
        'username',
        'User name: letters, digits, _ or -',
        'autocomplete="username" autocapitalize="none" spellcheck="false" minlength="3" maxlength="50"',
      ) +
      email() +
      twice('password'),
    button: 'Make the account',
    done: 'Your account is made. You can close this page and log in.',
  },
};

const STYLE = `
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 28rem; margin: 10vh auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; line-height: 1.2; }
label { display: block; margin-top: 1rem; }
input, button { font: inherit; width: 100%; box-sizing: border-box; padding: .5rem; }
button { margin-top: 1.5rem; cursor: pointer; }
#message { margin-top: 1.5rem; padding: .75rem; border-inline-start: .25rem solid currentColor; }
#message:empty { display: none; }
`;

/**
 * One script for all pages; what differs stands in the data attributes of the form. The token is taken out of the
 * address bar at once, is sent nowhere before the button is pressed, and everything is shown as text.
 */
const SCRIPT = `
'use strict';
const form = document.querySelector('form');
const button = form.querySelector('button');
const message = document.getElementById('message');
const needsToken = 'token' in form.dataset;
let token = '';
function say(text) {
  message.textContent = text;
  message.focus();
}
function takeToken() {
  if (!location.hash) return;
  token = location.hash.slice(1);
  history.replaceState(null, '', location.pathname);
  message.textContent = '';
  form.hidden = false;
}
function readFields() {
  const values = Object.fromEntries(new FormData(form));
  const repeated = form.elements.repeated;
  if (repeated && repeated.value !== form.querySelector('[type=password]').value) {
    repeated.setAttribute('aria-invalid', 'true');
    message.textContent = 'The two passwords differ: type the same one twice.';
    repeated.focus();
    return undefined;
  }
  if (repeated) repeated.removeAttribute('aria-invalid');
  delete values.repeated;
  return values;
}
async function send(values) {
  const response = await fetch(form.dataset.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(needsToken ? { [form.dataset.token]: token, ...values } : values),
    credentials: 'omit',
    redirect: 'error',
  });
  if (response.ok) {
    form.reset();
    form.hidden = true;
    return form.dataset.done;
  }
  const problem = await response.json().catch(() => undefined);
  return (problem && problem.detail) || 'The server refused this, without saying why: try again later.';
}
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const values = readFields();
  if (!values) return;
  button.disabled = true;
  try {
    say(await send(values));
  } catch {
    say('The server could not be reached: try again.');
  }
  button.disabled = false;
});
if (needsToken) {
  takeToken();
  if (!token) say('This link is not complete: open the whole link from the mail.');
  addEventListener('hashchange', takeToken);
} else form.hidden = false;
`;

const CONTENT_SECURITY_POLICY = pagePolicy(SCRIPT, STYLE, ["connect-src 'self'"]);

function page({ title, explanation, url, token, fields, button, done }: Form): Page {
  const withoutBrowser = token
    ? 'The mail also has a token, for use without a browser.'
    : `Without a browser, send a POST request to ${url}.`;
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} – Memhold</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<noscript><p>This page needs JavaScript. ${withoutBrowser}</p></noscript>
<form hidden data-url="${url}"${token ? ` data-token="${token}"` : ''} data-done="${done}">
<p>${explanation}</p>
${fields}<button>${button}</button>
</form>
<p id="message" role="status" tabindex="-1"></p>
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;
  return { html, contentSecurityPolicy: CONTENT_SECURITY_POLICY };
}

/** The pages behind the links of mails, by name. */
export const linkPages: ReadonlyMap<string, Page> = new Map(
  Object.entries(FORMS).map(([name, form]) => [name, page(form)]),
);
