import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';

/** How the double behaves; may be changed between mails. */
export interface SmtpBehaviour {
  /** Key and certificate (PEM): STARTTLS is offered, or TLS spoken from the start with `tlsFromStart`. */
  tls?: { key: string; cert: string };
  tlsFromStart?: boolean;
  offersAuth?: boolean;
  /** First line; `silent` says nothing at all. */
  greeting?: string;
  /** Never answers anything after the greeting. */
  hangs?: boolean;
  /** Answer to RCPT TO; default accepts. */
  recipient?: (address: string) => string;
  /** Closes the connection in the middle of the mail. */
  closesInData?: boolean;
  /** Answer to the end of the mail; default accepts. */
  afterData?: string;
}

export interface ReceivedMail {
  from: string;
  to: string;
  data: string;
  encrypted: boolean;
}

/** An SMTP server on loopback (RFC 5321, 3207, 4954), as far as a client test needs one. */
export interface SmtpDouble {
  port: number;
  behaviour: SmtpBehaviour;
  mails: ReceivedMail[];
  /** Every command as it came, marked with how it came. */
  commands: { line: string; encrypted: boolean }[];
  close(): Promise<void>;
}

export async function smtpDouble(behaviour: SmtpBehaviour = {}): Promise<SmtpDouble> {
  const sockets = new Set<Socket>();
  const onConnection = (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    converse(double, socket, behaviour.tlsFromStart === true);
  };
  const server: Server = behaviour.tlsFromStart
    ? createTlsServer(behaviour.tls!, onConnection)
    : createServer(onConnection);
  // A client that does not trust the certificate ends the handshake.
  server.on('tlsClientError', () => {});
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const double: SmtpDouble = {
    port: (server.address() as AddressInfo).port,
    behaviour,
    mails: [],
    commands: [],
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return double;
}

/** One connection, or the encrypted rest of one after STARTTLS. */
function converse(double: SmtpDouble, socket: Socket, encrypted: boolean, greets = true): void {
  const { behaviour } = double;
  const say = (...lines: string[]) => void socket.write(lines.map((line) => `${line}\r\n`).join(''));
  let mail = { from: '', to: '' };
  let data: string[] | undefined;
  let rest = '';

  const answer: Record<string, (argument: string) => void> = {
    EHLO() {
      const offers = ['localhost'];
      if (behaviour.tls && !encrypted) offers.push('STARTTLS');
      if (behaviour.offersAuth) offers.push('AUTH PLAIN');
      say(...offers.map((offer, i) => `250${i === offers.length - 1 ? ' ' : '-'}${offer}`));
    },
    STARTTLS() {
      if (!behaviour.tls) return say('502 5.5.1 not here');
      say('220 go ahead');
      socket.removeAllListeners('data');
      const upgraded = new TLSSocket(socket, { isServer: true, ...behaviour.tls });
      upgraded.on('error', () => {});
      converse(double, upgraded, true, false);
    },
    AUTH: () => say('235 2.7.0 welcome'),
    MAIL(argument) {
      mail = { from: argument, to: '' };
      say('250 2.1.0 ok');
    },
    RCPT(argument) {
      mail.to = argument.replace(/^TO:<|>.*$/g, '');
      say(behaviour.recipient?.(mail.to) ?? '250 2.1.5 ok');
    },
    DATA() {
      data = [];
      say('354 go ahead');
    },
    RSET: () => say('250 2.0.0 ok'),
    QUIT: () => void socket.end('221 2.0.0 bye\r\n'),
  };

  function onLine(line: string): void {
    if (data === undefined) {
      double.commands.push({ line, encrypted });
      if (behaviour.hangs) return;
      const [, verb = '', argument = ''] = /^(\S+) ?(.*)$/.exec(line) ?? [];
      const known = answer[verb.toUpperCase()];
      if (known) known(argument);
      else say('500 5.5.2 what?');
      return;
    }
    if (behaviour.closesInData) return void socket.destroy();
    if (line !== '.') return void data.push(line.replace(/^\./, ''));
    const received = { ...mail, data: data.join('\r\n'), encrypted };
    data = undefined;
    const reply = behaviour.afterData ?? '250 2.0.0 taken';
    if (reply.startsWith('2')) double.mails.push(received);
    say(reply);
  }

  socket.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\r\n');
    rest = lines.pop()!;
    for (const line of lines) onLine(line);
  });
  if (greets && behaviour.greeting !== 'silent') say(behaviour.greeting ?? '220 localhost ready');
}
