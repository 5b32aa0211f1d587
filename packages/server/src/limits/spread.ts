/** Accounts that tell of credential stuffing; then each time that there are twice as many. */
const FIRST = 10;

interface Network {
  /** Attempts held against each account and when the last was made, oldest first. Never empty. */
  accounts: Map<string, { attempts: number; at: number }>;
  /** How many accounts are told of next. */
  next: number;
  toldAt: number;
}

export interface Spread {
  /** Number of accounts, the one time that it is told. */
  accounts: number | undefined;
  /** The attempt succeeded or was not made. */
  takeBack(): void;
}

/**
 * For how many accounts attempts from one network failed of late, in the memory of this process. An attempt counts
 * as failed until it is taken back. Beyond `capacity` accounts, networks that were quiet the longest are forgotten.
 */
export class SpreadWatch {
  private readonly networks = new Map<string, Network>();
  private readonly period: number;
  private readonly capacity: number;
  private held = 0;

  /** `period` in milliseconds. */
  constructor(period: number, capacity = 20_000) {
    this.period = period;
    this.capacity = capacity;
  }

  /** Accounts held, over all networks. */
  get size(): number {
    return this.held;
  }

  add(key: string, account: string, at: number): Spread {
    const network = this.networks.get(key) ?? { accounts: new Map(), next: FIRST, toldAt: at };
    this.networks.delete(key);
    this.networks.set(key, network);
    this.prune(network, at);
    const { accounts } = network;
    const entry = accounts.get(account) ?? { attempts: 0, at };
    if (accounts.delete(account)) this.held--;
    accounts.set(account, entry);
    this.held++;
    entry.attempts++;
    entry.at = Math.max(entry.at, at);
    this.makeRoom(network);

    const before = { next: network.next, toldAt: network.toldAt };
    const told = this.tell(network, at);
    const { next } = network;
    return {
      accounts: told,
      takeBack: () => {
        // Nobody was told of a success: the next failure may be the one.
        if (told !== undefined && network.next === next) Object.assign(network, before);
        if (accounts.get(account) !== entry || --entry.attempts > 0) return;
        this.drop(network, account);
        if (accounts.size === 0) this.networks.delete(key);
      },
    };
  }

  private tell(network: Network, at: number): number | undefined {
    if (at - network.toldAt >= this.period) network.next = FIRST;
    const count = network.accounts.size;
    if (count < network.next) return undefined;
    while (network.next <= count) network.next *= 2;
    network.toldAt = at;
    return count;
  }

  private prune(network: Network, at: number): void {
    for (const [account, entry] of network.accounts) {
      if (at - entry.at < this.period) return;
      this.drop(network, account);
    }
  }

  private makeRoom(current: Network): void {
    while (this.held > this.capacity) {
      const [key, oldest] = this.networks.entries().next().value!;
      if (oldest === current) {
        this.drop(current, current.accounts.keys().next().value!);
        continue;
      }
      this.networks.delete(key);
      this.held -= oldest.accounts.size;
      oldest.accounts.clear();
    }
  }

  private drop(network: Network, account: string): void {
    if (network.accounts.delete(account)) this.held--;
  }
}
