import type { Notice } from '../notices.ts';
import type { StreamAddress } from './address.ts';
import { fileTarget } from './file-target.ts';
import { httpTarget } from './http-target.ts';
import { connectionTarget, datagramTarget } from './syslog-target.ts';
import type { StreamTarget } from './target.ts';

/** The other end that an address names. @param token for HTTP */
export function targetOf(
  address: StreamAddress,
  token: string | undefined,
  notify: (notice: Notice) => void,
): StreamTarget {
  switch (address.kind) {
    case 'file':
      return fileTarget(address.path, notify);
    case 'http':
      return httpTarget(address.url, token);
    default: {
      const { kind, name, host, port } = address;
      const to = { host, port, policy: 'operator' } as const;
      return kind === 'udp' ? datagramTarget(name, to) : connectionTarget(kind, name, to);
    }
  }
}
