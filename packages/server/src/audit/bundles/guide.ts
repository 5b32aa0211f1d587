import { FILE_NAMES } from '../exports/formats.ts';

const WHAT: Readonly<Record<string, string>> = {
  [FILE_NAMES.native]: 'the whole log with its proofs, one JSON object a line',
  [FILE_NAMES.csv]: 'the events as a table (RFC 4180)',
  [FILE_NAMES.ocsf]: 'the events in OCSF 1.6.0, one JSON object a line',
  [FILE_NAMES.ecs]: 'the events in the Elastic Common Schema 8.11, one JSON object a line',
};

/** The file in a bundle that says how to verify it. */
export function verificationGuide({
  origin,
  size,
  time,
  names,
}: {
  origin: string;
  size: number;
  time: number;
  names: readonly string[];
}): string {
  const files = names.map((name) => `- \`${name}\`: ${WHAT[name]}`).join('\n');
  return `# How to verify this bundle

It holds the audit log of \`${origin}\`: ${size} events, as of ${new Date(time).toISOString()}.

${files}
- \`checkpoint.txt\`: the log's signed statement of its size and its Merkle root (C2SP tlog-checkpoint)
- \`key.txt\`: the public key of the log
- \`manifest.txt\`: the digests of all these files, signed with that key (C2SP signed-note)

A key that came with what it proves, proves nothing. Compare \`key.txt\` with the key that you got another way:
from the one who runs the server, or from \`memhold audit export --json\` on an earlier day.

## With memhold

    memhold audit verify BUNDLE.tar --key "KEY FROM ELSEWHERE"
    memhold audit verify BUNDLE.tar --key "KEY FROM ELSEWHERE" --checkpoint NOTE-KEPT-ELSEWHERE

It needs no server, no database and no network. It names the first event that is wrong, and it says what was not proven.

## Without memhold

1. Unpack it with any tar: \`tar -xf BUNDLE.tar\`.
2. Check the signature of \`manifest.txt\` with \`key.txt\`. The text is everything up to and with the newline before
   the blank line. The last word of the signature line is base64: 4 bytes that name the key, then 64 bytes of Ed25519
   signature over that text. \`key.txt\` is \`name+id+base64\`: one byte 1, then the 32 bytes of the Ed25519 public key. Go's
   \`golang.org/x/mod/sumdb/note\` reads both.
3. Compare the digests: \`grep ^file manifest.txt | awk '{print $2 "  " $4}' | sha256sum --check\`
4. Each line of \`${FILE_NAMES.native}\` that begins with \`{"index":\` is an event. Its \`leaf\` is
   base64(SHA-256(0x00 ‖ the bytes of the value of \`event\`)). A line without \`event\` is one whose retention was over.
5. The Merkle tree over all leaves in order (RFC 6962, section 2.1) has the root that stands in \`checkpoint.txt\` on
   its third line, below the number of leaves.
6. Where an event has a \`private\` part, the \`private\` of its \`event\` is HMAC-SHA256(\`salt\`, the bytes of the part), in hex.
`;
}
