import type { OpenApiDocument } from '../document.ts';
import { type Html, html, prose } from './html.ts';

const EXPORTS = `export MEMHOLD_URL=http://127.0.0.1:8002
export MEMHOLD_KEY=$(memhold keys create --name first -q)
# Where a key is of no use: the access_token of a login
export MEMHOLD_TOKEN='<access_token>'

curl "$MEMHOLD_URL/memories?user_id=ann" \\
  -H "X-API-Key: $MEMHOLD_KEY"`;

/** How a caller shows who they are: the security schemes, and what the examples take for granted. */
export function authenticationChapter({ components }: OpenApiDocument): Html {
  const schemes = Object.values(components.securitySchemes).map(
    (scheme) => html`<dt>${sentBy(scheme)}</dt><dd>${prose(String(scheme.description ?? ''))}</dd>\n`,
  );
  return html`<section class="operation">
<div class="text">
<p>Send one of these with every call, but for those marked <span class="badge open">public</span>:</p>
<dl>
${schemes}</dl>
<p>The mark beside a path, such as <span class="badge">memories:read</span>, is the permission that the credential must have. <span class="badge">login</span> and <span class="badge">fresh password</span> mean the access token of a login, never a key or certificate; the second also that its password was shown lately.</p>
</div>
<div class="examples">
<figure><figcaption>The variables of the examples</figcaption><pre><code>${EXPORTS}</code></pre></figure>
</div>
</section>
`;
}

function sentBy({ type, name }: Record<string, unknown>): Html {
  if (type === 'http') return html`<code>Authorization: Bearer …</code>`;
  if (type === 'apiKey') return html`<code>${String(name)}: …</code>`;
  return html`TLS client certificate`;
}
