import { definitions, notYet } from './settings.ts';

const settingNames = Object.values(definitions).map(({ env }) => env as string);
const known = new Set([...settingNames, ...Object.keys(notYet)]);

/** `MEMHOLD_ADMIN_USERNAME` → `admin.username`. */
export function fileKey(env: string): string {
  return env.slice('MEMHOLD_'.length).toLowerCase().replaceAll('_', '.');
}

const envByFileKey = new Map([...known].map((env) => [fileKey(env), env]));

/** `admin.username` → `MEMHOLD_ADMIN_USERNAME`; undefined for a key that is no setting. */
export function envOfFileKey(key: string): string | undefined {
  return envByFileKey.get(key);
}

/** Settings of the hook, the command line and the tests, which share the prefix but are not the service's. */
const OTHERS = /^MEMHOLD_(?:CLIENT_.*|TEST_.*|TOKEN|URL|OVERRIDE|PUSH_TIMEOUT|CONFIG)$/;
const KUBERNETES_VALUE = /^(?:tcp|udp|sctp):\/\//;

/** Kubernetes puts such values under the names of services: one called `server` gives `SERVER_PORT`. */
export function isAddressOfKubernetes(value: string): boolean {
  return KUBERNETES_VALUE.test(value);
}

/** What a variable of the environment is to this service. Only `MEMHOLD_*` names are anything but foreign. */
export function classify(name: string, value: string): 'setting' | 'foreign' | 'unknown' {
  if (!name.startsWith('MEMHOLD_') || OTHERS.test(name)) return 'foreign';
  // Kubernetes injects the addresses of a service named memhold; a passphrase may look as it likes.
  if (name === 'MEMHOLD_PORT' && KUBERNETES_VALUE.test(value)) return 'foreign';
  if (known.has(name)) return 'setting';
  const injected = /_SERVICE_|_PORT_/.test(name) || KUBERNETES_VALUE.test(value);
  return injected ? 'foreign' : 'unknown';
}

/** The setting whose name in the environment (or the file) is nearest to `name`. */
export function nearest(name: string, from: 'environment' | 'file'): string {
  const candidates = from === 'file' ? settingNames.map(fileKey) : settingNames;
  const distances = candidates.map((candidate) => ({ candidate, distance: editDistance(name, candidate) }));
  return distances.reduce((best, next) => (next.distance < best.distance ? next : best)).candidate;
}

/** Levenshtein distance; long names are cut, since nothing near them is known. */
function editDistance(a: string, b: string): number {
  const source = a.slice(0, 64);
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= source.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = row[j - 1]! + (source[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
