// A real browser, spoken to over its own protocol (https://chromedevtools.github.io/devtools-protocol/): Chromium or
// Chrome as the machine has it, without a package to install.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { temporaryFolder } from '../server-process.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** Where it lies; undefined where the machine has none. */
export const chromium = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((folder) => names.map((name) => join(folder, name)))
  .find((path) => existsSync(path));

const START_DEADLINE_MS = 30_000;

export class Chromium {
  readonly #process: ChildProcess;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>();
  readonly #listeners = new Map<string, (method: string, params: never) => void>();
  #last = 0;

  private constructor(process: ChildProcess, socket: WebSocket) {
    this.#process = process;
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#take(JSON.parse(String(data))));
  }

  static async start(): Promise<Chromium> {
    const child = spawn(
      chromium!,
      [
        // In a container there is one user, and the sandbox refuses that one. The pages are those of the tests.
        ...[
          '--headless=new',
          '--no-sandbox',
          '--disable-gpu',
          '--disable-dev-shm-usage',
          '--hide-scrollbars',
        ],
        ...['--no-first-run', '--disable-background-networking', '--remote-debugging-port=0'],
        `--user-data-dir=${temporaryFolder()}`,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const address = await new Promise<string>((resolve, reject) => {
      let said = '';
      const timer = setTimeout(() => reject(new Error(`no browser in time:\n${said}`)), START_DEADLINE_MS);
      child.stderr!.on('data', (chunk) => {
        said += chunk;
        const found = /DevTools listening on (ws:\S+)/.exec(said);
        if (found === null) return;
        clearTimeout(timer);
        resolve(found[1]!);
      });
    });
    const socket = new WebSocket(address);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', () => reject(new Error('the browser does not answer')));
    });
    return new Chromium(child, socket);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#socket.close();
    this.#process.kill();
    await ended;
  }

  /** Opens a page, and returns when it has loaded. */
  async open(url: string, look: Look): Promise<Page> {
    const { targetId } = await this.send<{ targetId: string }>('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.send<{ sessionId: string }>('Target.attachToTarget', {
      targetId,
      flatten: true,
    });
    const page = new Page(this, sessionId, targetId);
    this.#listeners.set(sessionId, (method, params) => page.heard(method, params));
    await page.load(url, look);
    return page;
  }

  send<Result>(method: string, params: object = {}, sessionId?: string): Promise<Result> {
    const id = ++this.#last;
    this.#socket.send(JSON.stringify({ id, method, params, ...(sessionId !== undefined && { sessionId }) }));
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #take({ id, result, error, method, params, sessionId }: Message): void {
    if (id === undefined) {
      this.#listeners.get(sessionId ?? '')?.(method!, params as never);
      return;
    }
    const { resolve, reject } = this.#waiting.get(id)!;
    this.#waiting.delete(id);
    if (error === undefined) resolve(result as never);
    else reject(new Error(error.message));
  }
}

interface Message {
  id?: number;
  result?: unknown;
  error?: { message: string };
  method?: string;
  params?: unknown;
  sessionId?: string;
}

export interface Look {
  readonly width: number;
  readonly colours?: 'light' | 'dark';
  readonly media?: 'print';
  readonly withoutScripts?: true;
}

export class Page {
  /** What went wrong in the page, and what its policy refused. */
  readonly complaints: string[] = [];
  /** Addresses that it asked for, besides itself. */
  readonly requests: string[] = [];
  readonly #browser: Chromium;
  readonly #session: string;
  readonly #target: string;
  #loaded: (() => void) | undefined;

  constructor(browser: Chromium, session: string, target: string) {
    this.#browser = browser;
    this.#session = session;
    this.#target = target;
  }

  async load(url: string, { width, colours = 'light', media, withoutScripts }: Look): Promise<void> {
    for (const domain of ['Page', 'Runtime', 'Log', 'Network']) await this.#send(`${domain}.enable`);
    await this.#setSize(width, 900);
    await this.#send('Emulation.setEmulatedMedia', {
      media: media ?? '',
      features: [{ name: 'prefers-color-scheme', value: colours }],
    });
    if (withoutScripts) await this.#send('Emulation.setScriptExecutionDisabled', { value: true });
    const loaded = new Promise<void>((resolve) => {
      this.#loaded = resolve;
    });
    await this.#send('Page.navigate', { url });
    await loaded;
    this.requests.splice(0, 1);
  }

  heard(method: string, params: Heard): void {
    if (method === 'Page.loadEventFired') this.#loaded?.();
    if (method === 'Log.entryAdded' && params.entry.level !== 'verbose')
      this.complaints.push(params.entry.text);
    if (method === 'Runtime.exceptionThrown') this.complaints.push(params.exceptionDetails.text);
    if (method === 'Runtime.consoleAPICalled') this.complaints.push(`console.${params.type}`);
    if (method === 'Network.requestWillBeSent') this.requests.push(params.request.url);
    if (method === 'Page.javascriptDialogOpening') this.complaints.push('a dialog');
  }

  /** The value of an expression in the page, which may be a promise. */
  async value<Result>(expression: string): Promise<Result> {
    const { result, exceptionDetails } = await this.#send<Evaluated<Result>>('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description);
    return result.value;
  }

  /** A picture of the whole page, PNG. */
  async picture(): Promise<Buffer> {
    const height = await this.value<number>('document.documentElement.scrollHeight');
    const width = await this.value<number>('innerWidth');
    // What lies outside of the window is not drawn.
    await this.#setSize(width, height);
    await this.value('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    const { data } = await this.#send<{ data: string }>('Page.captureScreenshot');
    return Buffer.from(data, 'base64');
  }

  async close(): Promise<void> {
    await this.#browser.send('Target.closeTarget', { targetId: this.#target });
  }

  async #setSize(width: number, height: number): Promise<void> {
    const size = { width, height, deviceScaleFactor: 1, mobile: width < 600 };
    await this.#send('Emulation.setDeviceMetricsOverride', size);
  }

  #send<Result>(method: string, params: object = {}): Promise<Result> {
    return this.#browser.send<Result>(method, params, this.#session);
  }
}

interface Heard {
  entry: { level: string; text: string };
  exceptionDetails: { text: string };
  type: string;
  request: { url: string };
}

interface Evaluated<Result> {
  result: { value: Result };
  exceptionDetails?: { exception?: { description: string } };
}
